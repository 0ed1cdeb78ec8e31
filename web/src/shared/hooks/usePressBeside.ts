/** A press of the pointer beside a part of the page, by which what is open there closes. */
import { useEffect, type RefObject } from "react";

/** Calls `close` where it is pressed beside `part`; `close` stays the same between renders. */
export function usePressBeside(part: RefObject<HTMLElement | null>, close: () => void): void {
  useEffect(() => {
    const press = ({ target }: PointerEvent) => {
      if (target instanceof Node && !part.current?.contains(target)) close();
    };
    document.addEventListener("pointerdown", press);
    return () => document.removeEventListener("pointerdown", press);
  }, [part, close]);
}
