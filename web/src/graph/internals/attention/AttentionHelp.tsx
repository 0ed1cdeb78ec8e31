/** What the tab shows, in words. */
import type { PatternKind } from "../../../api/types";
import type { Inside } from "../inside";
import { KINDS } from "./patterns";
import "./AttentionHelp.css";

const MODES: Record<Inside["mode"], string> = {
  small: "Each picture is a head: a row for each query, a column for each key, the first token at the top left. A click opens the head large.",
  large:
    "A row is a query, a token that looks; a column is a key, a token that is looked at. Point at a token to see both what it looks at and what looks at it. A click, or the arrow keys, choose a cell, of which the details say why the head looks there.",
  lines:
    "A query’s vector q and the vectors k of its keys, after rotary embedding where the model has it. Their products add up, channel by channel, to q · k. The score is what softmax received: scaled, capped and masked as this model does.",
};

export function AttentionHelp({ kind, mode }: { kind: PatternKind; mode: Inside["mode"] }) {
  return (
    <div className="attention-help" role="note" aria-label="What this shows" data-testid="attention-help">
      <p>
        <b>{KINDS[kind].name}.</b> {KINDS[kind].meaning}
      </p>
      <p>
        <b>{mode}.</b> {MODES[mode]}
      </p>
      <p>All heads that are seen together are coloured by one scale. A query sees no later token: there a pattern has no cells.</p>
    </div>
  );
}
