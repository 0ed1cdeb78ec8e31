/** The strip of tokens and predictions, which marks what the question and the selection are of. */
import { useMemo } from "react";
import { usePointedTokens } from "../internals/usePointedTokens";
import type { GraphModel } from "../model/model";
import { nodeOf } from "../model/selection";
import { nodesNamed } from "../question/filters/selector";
import { TokenStrip } from "../strip/TokenStrip";
import type { Page } from "./usePage";

export function Tokens({ page }: { page: Page }) {
  const { state, act, model, question, chosen } = page;
  const { selection } = state;
  usePointedTokens(page.pointed, selection?.kind === "head" ? selection.cell : null);
  const node = nodeOf(selection);
  const isToken = selection?.kind === "token" || (node !== null && model.nodes.kind[node] === "embedding");
  const sources = useMemo(() => sourcePositions(model, question.source), [model, question.source]);
  return (
    <TokenStrip
      model={model}
      shows={page.drawn.shows}
      chosen={page.standing}
      selected={isToken ? chosen.map((each) => model.nodes.position[each] ?? 0) : []}
      target={page.targetNode}
      ratherThan={question.ratherThan}
      sources={sources}
      hover={page.hover}
      onPoint={(position) => page.pointed.set(position === null ? null : { query: null, key: position })}
      onToken={(position) => act.onSelect(selection?.kind === "token" && selection.position === position ? null : { kind: "token", position })}
      onSource={(position) => act.onFilter("source", `position:${position}`)}
      onTarget={(target) => act.onChange({ target })}
      onRatherThan={(ratherThan) => act.onChange({ target: page.target, ratherThan })}
    />
  );
}

/** The positions of the tokens that paths are asked to begin at. */
const sourcePositions = (model: GraphModel, source: readonly string[]): number[] =>
  source
    .flatMap((selector) => nodesNamed(model, "source", selector))
    .flatMap((node) => (model.nodes.kind[node] === "embedding" ? [model.nodes.position[node] ?? 0] : []));
