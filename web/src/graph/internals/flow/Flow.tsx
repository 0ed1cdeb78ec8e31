/**
 * The Flow tab: of the residual stream at every layer and position, how much came from each token of the prompt.
 *
 *     Flow -> FlowBars -> scene.ts (zoom, pointer) -> paint.ts -> grid.ts (where bars stand), stack.ts (a bar), colours.ts
 *     Flow -> FlowSources | FlowTrace;  shares.ts (what the bars show)
 */
import { useMemo } from "react";
import { getInformationFlow } from "../../../api/client";
import { percent, quantity } from "../../../shared/format";
import { Trouble } from "../../../shared/Trouble";
import { useAnswer } from "../../../shared/useAnswer";
import { tokenAt } from "../../model/model";
import type { InsideProps } from "../inside";
import { valuesOf } from "../numbers";
import { wordName, wordsOf } from "../promptWords";
import { coloursOf } from "./colours";
import { FlowBars } from "./FlowBars";
import { FlowSources } from "./FlowSources";
import { FlowTrace } from "./FlowTrace";
import type { Picture } from "./paint";
import { cellOf, courseOf, ranked, reachOf, sharesOf } from "./shares";
import { Skeleton } from "../../../shared/list/Skeleton";
import "./Flow.css";

const MEASURES = [
  { measure: "norm", name: "Norm", title: "The length of each contribution, as a share of the sum of lengths" },
  { measure: "signed", name: "Signed share", title: "What each contribution adds along the stream: the shares add up to 1" },
] as const;

export function Flow({ model, internals, inside, onInside, pointed }: InsideProps) {
  const { id, graph, position: predicted, n_layers: nLayers } = internals;
  const n = internals.tokens.length;
  const { answer, loading, error, again } = useAnswer(`${id} ${inside.measure}`, async (signal) => {
    // By the norms of the last layer sources have their colours, whatever is shown.
    const [shown, last] = await Promise.all([
      getInformationFlow(graph, inside.measure, null, signal),
      getInformationFlow(graph, "norm", nLayers - 1, signal),
    ]);
    return { measure: shown.measure, flow: valuesOf(shown.values), last: valuesOf(last.values) };
  });

  const words = useMemo(() => wordsOf(model), [model]);
  const hasWords = words.length < n;
  const sources = useMemo(
    () => (inside.words ? words : Array.from({ length: n }, (_, at) => ({ first: at, last: at, text: tokenAt(model, at) }))),
    [inside.words, words, n, model],
  );
  const tokens = useMemo(() => Array.from({ length: n }, (_, at) => tokenAt(model, at)), [model, n]);
  const places = useMemo(() => tokens.map((text, at) => wordName({ first: at, last: at, text })), [tokens]);
  const names = useMemo(() => [...sources.map(wordName), "biases"], [sources]);
  const positions = useMemo(() => [...sources.map(({ first }) => first), null], [sources]);
  const predictions = useMemo(
    () => internals.predictions.map(([first]) => ({ token: first ? model.writeToken(first.token) : "", chance: first ? percent(first.probability, 0) : "" })),
    [internals.predictions, model],
  );
  const colours = useMemo(() => {
    if (!answer) return [];
    const strengths = sharesOf(answer.last, { measure: "norm", sources, without: [], renormalised: false });
    return coloursOf(cellOf(strengths, 1, predicted));
  }, [answer, sources, predicted]);

  const columnsOf = (source: number): number[] => {
    const { first, last } = sources[source] ?? { first: n, last: n };
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  };
  const isHidden = (source: number): boolean => columnsOf(source).every((column) => inside.without.includes(column));
  const tracedAt = inside.traced === null ? -1 : inside.traced === n ? sources.length : sources.findIndex(({ first, last }) => first <= (inside.traced ?? -1) && (inside.traced ?? -1) <= last);
  const traced = tracedAt < 0 || isHidden(tracedAt) ? null : tracedAt;

  const picture = useMemo((): Picture | null => {
    if (!answer) return null;
    const shares = sharesOf(answer.flow, { measure: answer.measure, sources, without: inside.without, renormalised: inside.renormalised });
    return { shares, reach: reachOf(shares, answer.measure), traced, colours, tokens, predictions, predicted };
  }, [answer, sources, inside.without, inside.renormalised, traced, colours, tokens, predictions, predicted]);

  const onTrace = (source: number | null) => onInside({ traced: source === null ? null : (positions[source] ?? n) });
  const onHide = (source: number, hide: boolean) => {
    const columns = columnsOf(source);
    const others = inside.without.filter((column) => !columns.includes(column));
    onInside({ without: hide ? [...others, ...columns].sort((one, other) => one - other) : others });
  };
  const measure = answer?.measure ?? inside.measure;
  const atOutput = picture && cellOf(picture.shares, picture.shares.nRows - 1, predicted);
  return (
    <section className="flow" aria-label="Information flow" aria-busy={loading} data-testid="flow">
      <header className="flow-head">
        <div className="segmented" role="group" aria-label="Measure">
          {MEASURES.map((each) => (
            <button key={each.measure} type="button" aria-pressed={inside.measure === each.measure} title={each.title} onClick={() => onInside({ measure: each.measure })}>
              {each.name}
            </button>
          ))}
        </div>
        {hasWords && (
          <label>
            <input type="checkbox" checked={inside.words} onChange={() => onInside({ words: !inside.words })} /> Words as one source
          </label>
        )}
        {inside.without.length > 0 && (
          <>
            <label>
              <input type="checkbox" checked={inside.renormalised} onChange={() => onInside({ renormalised: !inside.renormalised })} /> Shares of what is left
            </label>
            <button type="button" className="chip" data-testid="flow-show-all" onClick={() => onInside({ without: [] })}>
              Show all sources
            </button>
          </>
        )}
      </header>
      <p className="flow-about muted">
        {measure === "norm"
          ? "Each bar: the stream at a position, by the token that its parts came from, each as long as the part. Lengths hide cancellation: parts that point against each other count in full. The signed share shows it."
          : "Each bar: the stream at a position, by the token that its parts came from, each by what it adds along the stream. They add up to 1; those below the line point against the stream."}
      </p>
      <details className="flow-about muted">
        <summary>How the stream is split</summary>
        Every token’s embedding, and the model’s biases, pass the model by themselves, with attention patterns, MLP gates and norms held as they are in the whole prompt; so their parts add up to the
        residual stream.
        {internals.errors.flow !== undefined && ` Here they miss it by at most ${quantity(internals.errors.flow)} of its length.`}
        {hasWords && " The shares of a word’s pieces are added."}
        {inside.renormalised && measure === "signed" && " Where less than 5 % of the stream is left, no shares are shown of what is left."}
      </details>
      {error && <Trouble error={error} title="The flow could not be read" onRetry={again} />}
      {picture && atOutput ? (
        <div className="flow-body">
          <FlowBars picture={picture} measure={measure} names={names} places={places} positions={positions} pointed={pointed} onTrace={onTrace} />
          <aside className="flow-side" aria-label="Sources of the flow">
            {traced !== null && (
              <FlowTrace
                name={names[traced] ?? ""}
                colour={colours[traced] ?? 0}
                course={courseOf(picture.shares, predicted, traced)}
                measure={measure}
                predicted={places[predicted] ?? ""}
                onEnd={() => onTrace(null)}
              />
            )}
            <FlowSources
              order={ranked(atOutput)}
              sources={names.map((name, source) => ({ name, colour: colours[source] ?? 0, share: atOutput[source] ?? NaN, isHidden: isHidden(source) }))}
              measure={measure}
              traced={traced}
              predicted={places[predicted] ?? ""}
              onTrace={onTrace}
              onHide={onHide}
            />
          </aside>
        </div>
      ) : (
        loading && (
          <Skeleton label="Reading the flow" />
        )
      )}
    </section>
  );
}
