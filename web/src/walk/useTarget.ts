/** The part of the page that a step points at, and where it stands in the window, as long as it is looked at. */
import { useEffect, useState } from "react";
import { NARROW, type Box } from "./place";

/** Milliseconds between two looks: panels are resized, and lists get longer, without an event that says so. */
const EVERY = 200;

export interface Target {
  /** Null: it is not on the page. */
  box: Box | null;
  /** Whether it is out of sight, so that `box` is that of what brings it back. */
  isBehind: boolean;
}

/** What can be seen and used of the parts that a selector names; null: none can. */
function inSight(selector: string): Element | null {
  return [...document.querySelectorAll(selector)].find((part) => part.closest("[inert], [hidden]") === null && part.getBoundingClientRect().width > 0) ?? null;
}

function look(at: string, behind: string): Target {
  const part = inSight(at);
  const shown = part ?? inSight(behind);
  if (shown === null) return { box: null, isBehind: false };
  const { left, top, width, height } = shown.getBoundingClientRect();
  const round = Math.round;
  return { box: { left: round(left), top: round(top), width: round(width), height: round(height) }, isBehind: part === null };
}

const isSame = (one: Target, other: Target): boolean => JSON.stringify(one) === JSON.stringify(other);

export function useTarget(at: string, behind: string): Target {
  const [target, setTarget] = useState<Target>({ box: null, isBehind: false });
  useEffect(() => {
    const update = () => {
      const next = look(at, behind);
      setTarget((before) => (isSame(before, next) ? before : next));
    };
    // A narrow page has everything under each other, and the card at its bottom: what is pointed at goes to the top.
    if (window.innerWidth <= NARROW) inSight(at)?.scrollIntoView({ block: "start" });
    else inSight(at)?.scrollIntoView({ block: "nearest" });
    update();
    const timer = window.setInterval(update, EVERY);
    window.addEventListener("resize", update);
    window.addEventListener("scroll", update, { capture: true, passive: true });
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("resize", update);
      window.removeEventListener("scroll", update, { capture: true });
    };
  }, [at, behind]);
  return target;
}
