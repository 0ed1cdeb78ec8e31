/** The focus between the page and its details: in by a row's own button, back by Escape to where one was. */
import { useCallback, useEffect, useRef, type RefObject } from "react";

interface DetailsFocus {
  /** The panel of the details. */
  details: RefObject<HTMLElement | null>;
  /** Moves the focus to the heading of what is said. */
  enter: () => void;
  /** Moves the focus back, if the details have it. */
  leave: () => void;
}

export function useDetailsFocus(): DetailsFocus {
  const details = useRef<HTMLElement>(null);
  /** What had the focus last outside the details. */
  const before = useRef<HTMLElement | null>(null);

  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && !details.current?.contains(target)) before.current = target;
    };
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, []);

  const enter = useCallback(() => details.current?.querySelector("h2")?.focus(), []);
  const leave = useCallback(() => {
    if (!details.current?.contains(document.activeElement)) return;
    const back = before.current?.isConnected ? before.current : document.querySelector<HTMLElement>("main h1");
    back?.focus();
  }, []);
  return { details, enter, leave };
}
