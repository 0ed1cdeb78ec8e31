/** Texts in which a feature is active, each token tinted by how much. */
import { useState } from "react";
import type { FeatureExample } from "../api/types";
import { quantity } from "../shared/format";
import { More } from "../shared/more/More";
import { excerptOf, inText, mostActive, tintOf } from "./excerpt";
import "./Examples.css";

const MOST = 4;
/** The strongest tint, in per cent: text on it stays legible. */
const STRONGEST = 55;
/** Tints below this share are left out. */
const FAINT = 0.02;

export function Examples({ examples }: { examples: readonly FeatureExample[] }) {
  const most = mostActive(examples);
  return (
    <>
      <h3>Examples</h3>
      <More
        items={examples}
        most={MOST}
        className="examples"
        testId="examples"
        render={(example, at) => <Example key={at} example={example} most={most} />}
      />
    </>
  );
}

function Example({ example, most }: { example: FeatureExample; most: number }) {
  const [isWhole, setWhole] = useState(false);
  const { begin, end, peak, isCut } = excerptOf(example);
  const from = isWhole ? 0 : begin;
  const shown = example.tokens.slice(from, isWhole ? undefined : end);
  return (
    <li>
      {from > 0 && "…"}
      {shown.map((token, place) => {
        const at = from + place;
        const activation = example.activations[at];
        const tint = tintOf(activation, most);
        const text = at === 0 ? inText(token).trimStart() : inText(token);
        if (tint < FAINT) return <span key={at}>{text}</span>;
        return (
          <mark
            key={at}
            className={at === peak ? "examples-peak" : ""}
            style={{ background: `color-mix(in srgb, var(--active) ${(tint * STRONGEST).toFixed(0)}%, transparent)` }}
            title={`activation ${quantity(activation)}`}
          >
            {text}
          </mark>
        );
      })}
      {!isWhole && end < example.tokens.length && "…"}
      {isCut && (
        <>
          {" "}
          <button type="button" className="examples-more" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? "less" : "more"}
          </button>
        </>
      )}
    </li>
  );
}
