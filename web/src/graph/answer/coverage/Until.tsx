/** Makes the lists longer until they cover as much of the influence as is wanted, or says that they cannot. */
import { useEffect, useRef, useState } from "react";
import { asApiError, getPaths } from "../../../api/client";
import type { PathsAnswer } from "../../../api/types";
import { counted, percent } from "../../../shared/format";
import { MOST_ROWS, queryOf, sidesOf, type PageQuestion } from "../../question/question";
import type { Score } from "../../question/scores";
import { countsUntil, WANTED, type Counts } from "./until";
import "./Until.css";

interface UntilProps {
  id: string;
  question: PageQuestion;
  scores: readonly Score[];
  /** One of the question's answers. */
  answer: PathsAnswer;
  /** The share of the influence that the lists cover. */
  covered: number;
  onLonger: (k: Partial<PageQuestion["k"]>) => void;
}

type Said = { wanted: number } & ({ loading: true } | { failed: string } | { short: Counts } | { inAll: number });

export function Until({ id, question, scores, answer, covered, onLonger }: UntilProps) {
  const [said, setSaid] = useState<Said | null>(null);
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  const list = async (wanted: number) => {
    asking.current?.abort();
    const inAll = answer.effect.raising + answer.effect.lowering;
    if (inAll < wanted) { setSaid({ wanted, inAll }); return; }
    const abort = new AbortController();
    asking.current = abort;
    setSaid({ wanted, loading: true });
    try {
      const lists = await Promise.all(
        sidesOf(question).map(async (side) => {
          const asked = { ...queryOf(question, scores, side), k: MOST_ROWS, best_members: 0 };
          return { side, answer: await getPaths(id, asked, abort.signal) };
        }),
      );
      if (abort.signal.aborted) return;
      const counts = countsUntil(lists, wanted);
      setSaid(counts.reached ? null : { wanted, short: counts });
      if (counts.reached) onLonger(counts.k);
    } catch (reason) {
      if (!abort.signal.aborted) setSaid({ wanted, failed: asApiError(reason).detail });
    }
  };

  const offered = WANTED.filter((wanted) => wanted > covered);
  return (
    <>
      {offered.length > 0 && (
        <select
          className="snug until-wanted"
          aria-label="List rows until they cover"
          title="List rows until they cover so much of the influence"
          value=""
          data-testid="until"
          onChange={(event) => void list(Number(event.target.value))}
        >
          <option value="" disabled hidden>
            more until…
          </option>
          {offered.map((wanted) => (
            <option key={wanted} value={wanted}>
              until {percent(wanted, 0)}
            </option>
          ))}
        </select>
      )}
      {said && (
        <p className="until-said" role="status" data-testid="until-said">
          {"loading" in said && `Ranking for ${percent(said.wanted, 0)}…`}
          {"failed" in said && said.failed}
          {"inAll" in said && `No list covers ${percent(said.wanted, 0)}: all paths that fit carry ${percent(said.inAll)}.`}
          {"short" in said && (
            <>
              {counted(said.short.rows, "row")} cover only {percent(said.short.covered)}.{" "}
              <button
                type="button"
                data-testid="until-list"
                onClick={() => {
                  setSaid(null);
                  onLonger(said.short.k);
                }}
              >
                List them
              </button>
            </>
          )}
        </p>
      )}
    </>
  );
}
