/** The answers to "why this token?" in both graphs: the sequences that both have, and those of one alone. */
import { useMemo, type ReactNode } from "react";
import type { CompareAnswer, ComparedSequence } from "../../api/types";
import { count, exactToken, percent } from "../../shared/format";
import { More } from "../../shared/more/More";
import type { Asked, Side } from "../asked";
import { Bands } from "./Bands";
import { carried, elsewhere, sequenceBands, WHERES, type Where } from "./rows";
import { SequenceRow } from "./SequenceRow";

interface AnswersProps {
  answer: CompareAnswer;
  asked: Asked;
  children: ReactNode;
}

/** Rows of a band before somebody asks for all. */
const FIRST = 8;

export function Answers({ answer, asked, children }: AnswersProps) {
  const { graphs, group_by: by } = answer;
  const bands = useMemo(() => sequenceBands(answer, asked.order), [answer, asked.order]);
  const most = useMemo(() => Math.max(0, ...answer.sequences.flatMap(({ in_graphs: parts }) => parts.map((part) => part?.score ?? 0))), [answer]);
  const ids = graphs.map(({ id }) => id);
  const sum = (where: Where, side: Side) => percent(carried(bands[where], side));
  const rows = (where: Where): ReactNode =>
    bands[where].length === 0 ? (
      <p className="muted">None.</p>
    ) : (
      <More
        // Another question's rows begin with the first few again.
        key={`${ids.join()} ${by}`}
        items={bands[where]}
        most={FIRST}
        className="bands-list"
        testId={`answers-rows-${where}`}
        render={(row: ComparedSequence) => (
          <SequenceRow
            key={JSON.stringify(row.steps)}
            row={row}
            ids={ids}
            asked={asked}
            by={by}
            most={most}
            elsewhere={where === "both" ? null : elsewhere(row, where, answer)}
          />
        )}
      />
    );
  const [a, b] = graphs.map(({ target }) => exactToken(target.token.trim() || target.token));
  return (
    <Bands
      title="Answers"
      testId="answers"
      about={
        <>
          Paths from a token to {a} in A and to {b} in B, by the steps between. Bars and % are shares of all that flows to the target: <span className="swatch excites" />
          for it, <span className="swatch inhibits" />
          against it; the other figure is what the paths add to its logit.
        </>
      }
      sums={{
        a: `${count(bands.a.length)} · ${sum("a", "a")}`,
        both: `${count(bands.both.length)} · A ${sum("both", "a")}, B ${sum("both", "b")}`,
        b: `${count(bands.b.length)} · ${sum("b", "b")}`,
      }}
      bands={Object.fromEntries(WHERES.map((where) => [where, rows(where)])) as Record<Where, ReactNode>}
    >
      {children}
    </Bands>
  );
}
