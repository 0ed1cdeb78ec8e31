/** What the address, or the View that it opens, asked for and this graph does not have. */
import { Icon } from "../../shared/Icon";
import "./LeftOut.css";

export function LeftOut({ parts, onClose }: { parts: readonly string[]; onClose: () => void }) {
  return (
    <div className="left-out" role="status" data-testid="left-out">
      <p>
        The address or its View asks for what is not here, which is left out: <span className="token">{parts.join(", ")}</span>
      </p>
      <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
