/**
 * The Attention tab: patterns of heads in small or large, or what one query sees of its keys; of one prompt or several.
 *
 *     Attention -> chosen/ (what is shown, of which heads and prompts) | SmallHeads | LargeHead -> BothWays | Lines
 *     logits/ (a logit by component) | statistics/ (maps of all heads);  all -> patterns.ts, ../matrix/
 */
import { useMemo } from "react";
import type { Head, InsideProps } from "../inside";
import { AttentionOptions } from "./chosen/AttentionOptions";
import { chosenHeads, strongestHead } from "./chosen/choice";
import { HeadChoice, HeadsChoice, QueryChoice } from "./chosen/HeadChoice";
import { PromptPicker } from "./chosen/PromptPicker";
import { usePrompts } from "./chosen/usePrompts";
import { AttentionHelp } from "./AttentionHelp";
import { LargeHead } from "./LargeHead";
import { Lines } from "./Lines";
import { Components } from "./logits/Components";
import { KINDS, partOf, towardsText } from "./patterns";
import { SmallHeads } from "./SmallHeads";
import { Statistics } from "./statistics/Statistics";
import "./Attention.css";

export function Attention({ internals, inside, onInside, head, cell, onHead, onCompute, pointed }: InsideProps) {
  const { kind, mode, notation, withoutFirst, others, title, help, layers, heads } = inside;
  const { n_heads: nHeads, n_layers: nLayers, tokens, parts, missing, parameters } = internals;
  const strongest = useMemo(() => strongestHead(internals), [internals]);
  const isOurs = head !== null && head.layer < nLayers && head.head < nHeads;
  const asked = useMemo(() => (layers || heads ? chosenHeads({ layers, heads }, nHeads, strongest) : null), [layers, heads, nHeads, strongest]);
  const open = (isOurs ? head : asked?.[0]) ?? strongest;
  const chosen = useMemo(() => asked ?? chosenHeads({ layers: null, heads: null }, nHeads, open), [asked, nHeads, open]);
  const every = useMemo(() => chosenHeads({ layers: Array.from({ length: nLayers }, (_, layer) => layer), heads: null }, nHeads, strongest), [nLayers, nHeads, strongest]);
  const { shown: prompts, refused } = usePrompts(internals, others);
  const query = Math.min(cell?.query ?? internals.position, tokens.length - 1);
  const part = partOf(kind);
  const hasPart = parts.includes(part) && (mode !== "lines" || parts.includes("attention"));

  /** Its cell stays: the same query and key of another head. */
  const choose = (to: Head) => onHead(to, cell);
  const enlarge = (to: Head) => {
    choose(to);
    if (mode === "small") onInside({ mode: "large" });
  };
  return (
    <div className="attention" data-testid="attention" data-mode={mode}>
      {title !== null && <h2 data-testid="attention-title">{title}</h2>}
      <AttentionOptions internals={internals} inside={inside} onInside={onInside} />
      {help && <AttentionHelp kind={kind} mode={mode} />}
      <div className="attention-chosen">
        {mode === "small" ? (
          <HeadsChoice internals={internals} inside={inside} open={open} onInside={onInside} />
        ) : (
          <HeadChoice internals={internals} open={open} through={asked && asked.length > 1 ? asked : every} notation={notation} onHead={choose} />
        )}
        <label className="attention-check" title={`Heads look at ${tokens[0] ?? "the first token"} for want of anything else`}>
          <input type="checkbox" checked={withoutFirst} onChange={({ target }) => onInside({ withoutFirst: target.checked })} /> without the first token
        </label>
        {mode === "lines" && <QueryChoice tokens={tokens} query={query} onQuery={(to) => onHead(open, { query: to, key: Math.min(cell?.key ?? to, to) })} />}
      </div>
      <PromptPicker internals={internals} open={open} notation={notation} others={others} refused={refused} onOthers={(to) => onInside({ others: to })} />
      {kind === "logit" && (
        <p className="attention-note" data-testid="attention-towards">
          Towards {towardsText(internals)}.{" "}
          <button type="button" className="chip" onClick={() => onCompute({ parts: [...new Set([...parameters.parts, "logits" as const])] })}>
            Towards another…
          </button>
        </p>
      )}
      {withoutFirst && (
        <p className="attention-note muted">
          {kind === "logit"
            ? "The first token is left out; the other keys have what they have."
            : `The first token is left out, and the rest of each row scaled to add up to 1${kind === "standard" ? "" : " before it is weighted"}.`}
        </p>
      )}
      {!hasPart ? (
        <p data-testid="attention-missing">
          {KINDS[kind].name} {mode === "lines" ? "lines are" : "is"} not shown: {missing[part] ?? "this part was not computed."}{" "}
          <button type="button" onClick={() => onCompute({ parts: [...new Set([...parameters.parts, part, ...(mode === "lines" ? ["attention" as const] : [])])] })}>
            Compute it…
          </button>
        </p>
      ) : mode === "small" ? (
        chosen.length === 0 ? (
          <p data-testid="attention-none">
            The model has none of these heads: its layers are 0 to {nLayers - 1}, its heads 0 to {nHeads - 1} of each.
          </p>
        ) : (
          <SmallHeads prompts={prompts} heads={chosen} kind={kind} withoutFirst={withoutFirst} notation={notation} selected={head} onOpen={enlarge} pointed={pointed} />
        )
      ) : mode === "large" ? (
        <LargeHead prompts={prompts} head={open} kind={kind} withoutFirst={withoutFirst} notation={notation} cell={cell} onCell={(to) => onHead(open, to)} pointed={pointed} />
      ) : (
        <>
          {prompts.length > 1 && <p className="attention-note muted">Lines are of this prompt; the others are in small and large.</p>}
          <Lines prompt={internals} head={open} query={query} kind={kind} withoutFirst={withoutFirst} notation={notation} cell={cell} onCell={(to) => onHead(open, to)} pointed={pointed} />
        </>
      )}
      {kind === "logit" && hasPart && <Components internals={internals} notation={notation} selected={head} position={query} pointed={pointed} onHead={enlarge} />}
      {parts.includes("attention") && <Statistics internals={internals} withoutFirst={withoutFirst} notation={notation} head={open} onOpen={enlarge} />}
    </div>
  );
}
