/** The View's tests among the things of the tray, each opened by a click. */
import { Icon } from "../../shared/Icon";
import type { Lit } from "../model/lit";
import type { GraphModel } from "../model/model";
import { parted, type InView } from "./inView";
import { changedNodes } from "./draft";
import type { Tests } from "./useTests";
import { logits, titleOf } from "./words";
import "./TestChips.css";

/** Tests that stand one by one; the rest are counted. */
const MOST = 8;

interface TestChipsProps {
  model: GraphModel;
  tests: Tests;
  inView: InView;
  /** The id of the test that is open, or null. */
  shown: string | null;
  /** Null: the test that is open closes. */
  onOpen: (id: string | null) => void;
  onHover: (over: Lit | null) => void;
}

export function TestChips({ model, tests: { interventions, leaving }, inView, shown, onOpen, onHover }: TestChipsProps) {
  const own = parted(interventions ?? [], inView.tests).own.filter(({ id }) => !leaving.has(id));
  return (
    <>
      {own.slice(0, MOST).map((test) => {
        const title = titleOf(model, test.changes);
        return (
          <li key={test.id}>
            <button
              type="button"
              className="chip test-chips-one"
              aria-pressed={test.id === shown}
              title={`A test: ${title}`}
              data-testid="test-chip"
              data-test-id={test.id}
              onPointerEnter={() => onHover({ nodes: changedNodes(model, test), edges: [] })}
              onPointerLeave={() => onHover(null)}
              onClick={() => onOpen(test.id === shown ? null : test.id)}
            >
              <Icon name="flask" />
              <span className="test-chips-title">{title}</span> <span className="figure">{logits(test.measured.in_model[0] ?? 0)}</span>
            </button>
          </li>
        );
      })}
      {own.length > MOST && <li className="muted">and {own.length - MOST} more tests</li>}
    </>
  );
}
