/**
 * walk/: a first walk of five steps through a labelled graph: its offer on the first page, and its card on the graph's.
 *
 *     WalkOffer -> chosen.ts;  Walk -> useTarget.ts -> place.ts;  both -> progress.ts -> steps.ts
 */
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "../shared/Icon";
import { cardPlace } from "./place";
import { end, goTo, useWalk, type Progress } from "./progress";
import { N_STEPS, STEPS, type Seen, type Step } from "./steps";
import { useTarget } from "./useTarget";
import "./Walk.css";

/** Milliseconds for which a step that is done says so, before the next one. */
const REST = 2500;

interface WalkProps {
  /** The id of the graph whose page this is. */
  graph: string;
  now: Seen;
}

/** The walk's card, where it goes through this graph. It is not modal: the page is used as ever. */
export function Walk({ graph, now }: WalkProps) {
  const { progress } = useWalk();
  const step = progress?.graph === graph ? STEPS[progress.step] : undefined;
  return progress && step ? <Card key={progress.step} progress={progress} step={step} now={now} /> : null;
}

function Card({ progress, step, now }: { progress: Progress; step: Step; now: Seen }) {
  const [entered] = useState(now);
  const [isDone, setDone] = useState(false);
  const { box, isBehind } = useTarget(step.at, step.behind.control);
  const card = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [size, setSize] = useState({ width: 320, height: 220 });
  const isLast = progress.step === N_STEPS - 1;
  const finish = () => {
    end();
    document.querySelector<HTMLElement>("[data-testid=drawing]")?.focus({ preventScroll: true }); // the card's buttons are gone
  };
  const go = (by: number) => goTo(progress, progress.step + by);

  const isNowDone = step.isDone(entered, now);
  // What was done stays done: a row that goes out again has been seen lit.
  if (isNowDone && !isDone) setDone(true);
  const onward = useEffectEvent(() => go(1));
  useEffect(() => {
    if (!isDone || isLast) return;
    const timer = window.setTimeout(() => onward(), REST);
    return () => window.clearTimeout(timer);
  }, [isDone, isLast]);
  useEffect(() => {
    // The focus goes along from card to card, and to the first; whoever is at work on the page is left there.
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  useLayoutEffect(() => {
    const { offsetWidth: width = 0, offsetHeight: height = 0 } = card.current ?? {};
    setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
  }, [isDone, isBehind]);

  const place = cardPlace(box, size, { width: window.innerWidth, height: window.innerHeight });
  return (
    <>
      {box && <div className="walk-ring" style={box} data-testid="walk-ring" aria-hidden="true" />}
      <section
        ref={card}
        className={typeof place === "string" ? `walk-card is-across is-${place}` : "walk-card"}
        style={typeof place === "string" ? undefined : place}
        aria-labelledby="walk-title"
        data-testid="walk-card"
        data-step={progress.step + 1}
        data-done={isDone}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          finish();
        }}
      >
        <div className="walk-head">
          <h2 id="walk-title" ref={heading} tabIndex={-1}>
            <span className="muted">
              {progress.step + 1} of {N_STEPS}
            </span>{" "}
            {step.title}
          </h2>
          <button type="button" className="icon-button" aria-label="End the walk" title="End the walk (Esc)" onClick={finish}>
            <Icon name="close" />
          </button>
        </div>
        <p>{isBehind ? step.behind.text : step.text}</p>
        <p className="walk-done" role="status">
          {isDone ? step.done : ""}
        </p>
        <div className="walk-actions">
          {!isLast && (
            <button type="button" className="walk-skip" data-testid="walk-skip" onClick={finish}>
              Skip the walk
            </button>
          )}
          <button type="button" disabled={progress.step === 0} data-testid="walk-back" onClick={() => go(-1)}>
            Back
          </button>
          <button type="button" className="primary" data-testid="walk-next" onClick={() => (isLast ? finish() : go(1))}>
            {isLast ? "Finish" : "Next"}
          </button>
        </div>
      </section>
    </>
  );
}
