/** Adds a test to the open View, or takes it out; it stays with its graph either way. */
import { Icon } from "../../shared/Icon";
import { viewText, type InView } from "./inView";

interface ViewToggleProps {
  inView: InView;
  /** The test's. */
  id: string;
  /** The test in words, where several are listed; null: it stands alone, with a button that says all. */
  of: string | null;
}

export function ViewToggle({ inView, id, of }: ViewToggleProps) {
  const isIn = inView.tests.includes(id);
  const toggle = () => (isIn ? inView.onTakeOut(id) : inView.onAdd(id));
  const title = isIn ? `Take it out of ${viewText(inView.name)}; it stays with the graph` : `Add it to ${viewText(inView.name)}`;
  if (of === null) {
    return (
      <button type="button" title={title} data-testid="view-toggle" data-in-view={isIn} onClick={toggle}>
        {isIn ? "Take out of the View" : "Add to the View"}
      </button>
    );
  }
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={isIn ? `Take the test ${of} out of the View` : `Add the test ${of} to the View`}
      title={title}
      data-testid="view-toggle"
      data-in-view={isIn}
      onClick={toggle}
    >
      <Icon name={isIn ? "minus" : "plus"} />
    </button>
  );
}
