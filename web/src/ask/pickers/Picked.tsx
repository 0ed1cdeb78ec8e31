/** What is chosen in a field, with a button that chooses otherwise. */
import { Icon } from "../../shared/Icon";
import "./Picked.css";

interface PickedProps {
  text: string;
  detail?: string | undefined;
  title: string;
  isToken?: boolean;
  onDrop: () => void;
}

export function Picked({ text, detail, title, isToken = false, onDrop }: PickedProps) {
  return (
    <span className="picked" title={title} data-testid="picked">
      <span className={isToken ? "picked-text token" : "picked-text"}>
        {text}
        {detail && <span className="muted"> {detail}</span>}
      </span>
      <button type="button" className="icon-button" aria-label={`Choose another than ${text}`} onClick={onDrop}>
        <Icon name="close" />
      </button>
    </span>
  );
}
