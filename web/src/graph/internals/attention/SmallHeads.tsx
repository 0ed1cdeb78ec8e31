/** A grid of heads in small, as many as fit beside one another, on each prompt. A click opens one. */
import { useEffect, useMemo, useRef, type CSSProperties } from "react";
import { getLayer } from "../../../api/client";
import type { InternalsAnswer, PatternKind } from "../../../api/types";
import { Trouble } from "../../../shared/Trouble";
import { useAnswer } from "../../../shared/useAnswer";
import { headName, type Head, type Inside } from "../inside";
import { ColourBar } from "../matrix/ColourBar";
import { MapPicture } from "../matrix/MapPicture";
import type { Scale } from "../matrix/colours";
import { at, valuesOf, type Values } from "../numbers";
import type { Pointed } from "../pointed";
import { apart, KINDS, scaleOf } from "./patterns";
import { promptText } from "./chosen/usePrompts";
import "./SmallHeads.css";

interface SmallHeadsProps {
  prompts: readonly InternalsAnswer[];
  heads: readonly Head[];
  kind: PatternKind;
  withoutFirst: boolean;
  notation: Inside["notation"];
  selected: Head | null;
  onOpen: (head: Head) => void;
  pointed: Pointed;
}

interface SmallHead {
  head: Head;
  /** The pattern, or what raises and what lowers a logit. */
  pictures: readonly Values[];
}

/** Of each head of a layer. */
const picturesOf = (patterns: Values, kind: PatternKind): readonly Values[][] =>
  Array.from({ length: patterns.shape[0] ?? 0 }, (_, head) => {
    const pattern = at(patterns, head);
    return kind === "logit" ? apart(pattern) : [pattern];
  });

export function SmallHeads({ prompts, heads, kind, withoutFirst, notation, selected, onOpen, pointed }: SmallHeadsProps) {
  const layers = useMemo(() => [...new Set(heads.map(({ layer }) => layer))], [heads]);
  const key = JSON.stringify([prompts.map(({ id }) => id), layers, kind, withoutFirst]);
  const { answer, error, again } = useAnswer(key, async (signal) => ({
    kind,
    withoutFirst,
    prompts: await Promise.all(
      prompts.map(async (prompt) => ({
        prompt,
        layers: new Map(await Promise.all(layers.map(async (layer) => [layer, picturesOf(valuesOf((await getLayer(prompt.graph, layer, kind, withoutFirst, signal)).patterns), kind)] as const))),
      })),
    ),
  }));
  const grids = useMemo(
    () =>
      (answer?.prompts ?? []).map(({ prompt, layers: known }) => ({
        prompt,
        heads: heads.flatMap((head): SmallHead[] => {
          const pictures = known.get(head.layer)?.[head.head];
          return pictures ? [{ head, pictures }] : [];
        }),
      })),
    [answer, heads],
  );
  const { signed, most } = scaleOf(answer?.kind ?? "standard", grids.flatMap((grid) => grid.heads.flatMap(({ pictures }) => pictures)));
  // The same object while it is the same scale: pictures are painted anew for another.
  const scale = useMemo((): Scale => ({ signed, most }), [signed, most]);
  if (error) return <Trouble error={error} title="The patterns could not be read" onRetry={again} />;
  if (!answer) return <p className="muted">Reading the patterns…</p>;
  return (
    <div className="small-heads" data-testid="small-heads">
      <ColourBar
        scale={scale}
        meaning={`${KINDS[answer.kind].unit}${answer.kind === "logit" ? "; of each head left what raises, right what lowers" : ""}`}
        masked="later than the query"
        hasUnknown={answer.withoutFirst}
        unknown="left out"
      />
      {grids.map(({ prompt, heads: shown }, place) => (
        <section key={prompt.id} className="small-heads-prompt">
          {prompts.length > 1 && <h3 className="small-heads-text">{promptText(prompt)}</h3>}
          <Grid
            heads={shown}
            scale={scale}
            nTokens={prompt.tokens.length}
            notation={notation}
            selected={selected}
            onOpen={onOpen}
            pointed={place === 0 ? pointed : null}
            name={`${KINDS[answer.kind].name} patterns of ${shown.length} heads: ${promptText(prompt)}`}
          />
        </section>
      ))}
    </div>
  );
}

interface GridProps {
  heads: readonly SmallHead[];
  scale: Scale;
  nTokens: number;
  notation: Inside["notation"];
  selected: Head | null;
  onOpen: (head: Head) => void;
  /** Null: positions are another prompt's. */
  pointed: Pointed | null;
  name: string;
}

/** A place outside of every picture. */
const NOWHERE = -9;

function Grid({ heads, scale, nTokens, notation, selected, onOpen, pointed, name }: GridProps) {
  const list = useRef<HTMLUListElement>(null);
  // Every picture shows what is pointed at by the list's own variables: nothing else is made anew as the pointer moves.
  useEffect(() => {
    const show = (): void => {
      const style = list.current?.style;
      const query = pointed?.at?.query ?? null;
      const key = pointed?.at?.key ?? null;
      style?.setProperty("--pointed-query", String(query ?? key ?? NOWHERE));
      style?.setProperty("--pointed-key", String(key ?? NOWHERE));
    };
    show();
    return pointed?.subscribe(show);
  }, [pointed]);
  return (
    <ul ref={list} className="small-heads-grid" style={{ "--tokens": nTokens } as CSSProperties} aria-label={name} data-pictures={heads[0]?.pictures.length ?? 1}>
      {heads.map(({ head, pictures }) => {
        const isSelected = selected?.layer === head.layer && selected.head === head.head;
        return (
          <li key={headName(head, "dot")}>
            <button
              type="button"
              className="small-heads-head"
              aria-label={`Open ${headName(head, notation)} large`}
              aria-pressed={isSelected}
              data-testid="small-head"
              data-head={headName(head, "LH")}
              onClick={() => onOpen(head)}
            >
              <span className="small-heads-pictures">
                {pictures.map((values, part) => (
                  <span key={part} className="small-heads-picture">
                    <MapPicture values={values} scale={scale} causal />
                  </span>
                ))}
              </span>
              <span className="small-heads-name">{headName(head, notation)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
