/** The features that fire in both graphs, and in one alone. */
import { useMemo, type ReactNode } from "react";
import type { CompareAnswer } from "../../api/types";
import { count, percent } from "../../shared/format";
import { VirtualList } from "../../shared/list/VirtualList";
import type { Asked } from "../asked";
import { Bands } from "./Bands";
import { featureBands, WHERES, type Where } from "./rows";
import { FeatureRow } from "./FeatureRow";

/** Pixels: a name and one bar, or two. */
const ROW_HEIGHT: Record<Where, number> = { a: 50, both: 71, b: 50 };

export function Features({ answer, asked }: { answer: CompareAnswer; asked: Asked }) {
  const bands = useMemo(() => featureBands(answer), [answer]);
  if (bands === null) return null;
  const every = [...bands.a, ...bands.both, ...bands.b];
  const most = Math.max(0, ...every.flatMap(({ in_graphs: parts }) => parts.map(({ node_influence: influence }) => influence ?? 0)));
  const rows = (where: Where): ReactNode => {
    const items = bands[where];
    if (items.length === 0) return <p className="muted">None.</p>;
    return (
      <VirtualList
        // The first rows of another comparison are at the top.
        key={answer.graphs.map(({ id }) => id).join()}
        n={items.length}
        rowHeight={ROW_HEIGHT[where]}
        label={`Features: ${where === "both" ? "both" : `only ${where.toUpperCase()}`}`}
        testId={`features-rows-${where}`}
        row={(at) => {
          const row = items[at];
          return row && <FeatureRow row={row} answer={answer} asked={asked} most={most} />;
        }}
      />
    );
  };
  const of = (n: number, side: 0 | 1) => percent(n / Math.max(1, answer.graphs[side]?.n_features ?? 0), 0);
  return (
    <Bands
      title="Features"
      testId="features"
      about="Bars are a feature's influence on all of its graph's logits, whatever the target; it has no sign."
      sums={{
        a: `${count(bands.a.length)} · ${of(bands.a.length, 0)} of A's`,
        both: `${count(bands.both.length)} · ${of(bands.both.length, 0)} of A's, ${of(bands.both.length, 1)} of B's`,
        b: `${count(bands.b.length)} · ${of(bands.b.length, 1)} of B's`,
      }}
      bands={Object.fromEntries(WHERES.map((where) => [where, rows(where)])) as Record<Where, ReactNode>}
    />
  );
}
