/** The tokens whose logits a feature raises and lowers most, side by side. */
import type { FeatureLogit } from "../api/types";
import { quantity, tokenWriter, type TokenWriter } from "../shared/format";
import "./Logits.css";

const MOST = 6;

interface LogitsProps {
  top: readonly FeatureLogit[];
  bottom: readonly FeatureLogit[];
}

export function Logits({ top, bottom }: LogitsProps) {
  if (top.length + bottom.length === 0) return null;
  const write = tokenWriter([...top, ...bottom].map(({ token }) => token));
  return (
    <div className="logits" data-testid="feature-logits">
      <Side title="Raises" logits={top} write={write} isRaising />
      <Side title="Lowers" logits={bottom} write={write} isRaising={false} />
    </div>
  );
}

function Side({ title, logits, write, isRaising }: { title: string; logits: readonly FeatureLogit[]; write: TokenWriter; isRaising: boolean }) {
  if (logits.length === 0) return null;
  return (
    <div>
      <h3 title="Logits, per unit of the feature’s activation">{title}</h3>
      <ol>
        {logits.slice(0, MOST).map(({ token, value }, at) => (
          <li key={at}>
            <span className="token ellipsis" title={token}>
              {write(token)}
            </span>
            {value !== null && <span className={isRaising ? "logits-raised" : "logits-lowered"}>{quantity(value)}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}
