/** A list that scrolls with the page, of which only the rows in sight are on it; all rows are of one height. */
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { rowsInSight } from "./rowsInSight";
import { useFocusedRow } from "./useFocusedRow";
import "./WindowList.css";

interface WindowListProps {
  n: number;
  /** Pixels. */
  rowHeight: number;
  /** The content of a row, by its place. */
  row: (at: number) => ReactNode;
  label: string;
  /** Called with the first and the last row on the page where they change. */
  onSight: (first: number, last: number) => void;
  isBusy: boolean;
}

export function WindowList({ n, rowHeight, row, label, onSight, isBusy }: WindowListProps) {
  const list = useRef<HTMLUListElement>(null);
  /** Rows above the window, and those that fit into it. */
  const [sight, setSight] = useState({ above: 0, fitting: 20 });
  const { focused, handlers } = useFocusedRow();
  useEffect(() => {
    const look = () => {
      const box = list.current?.getBoundingClientRect();
      if (!box) return;
      const next = { above: Math.max(0, Math.floor(-box.top / rowHeight)), fitting: Math.ceil(window.innerHeight / rowHeight) + 1 };
      setSight((before) => (before.above === next.above && before.fitting === next.fitting ? before : next));
    };
    look();
    window.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    return () => {
      window.removeEventListener("scroll", look);
      window.removeEventListener("resize", look);
    };
  }, [rowHeight]);
  const listed = rowsInSight({ n, rowHeight, top: sight.above * rowHeight, height: sight.fitting * rowHeight, focused });
  const seen = listed.filter((at) => at !== focused || listed.length === 1);
  const first = seen[0] ?? 0;
  const last = seen.at(-1) ?? 0;
  useLayoutEffect(() => onSight(first, last), [onSight, first, last]);
  return (
    <ul
      ref={list}
      className={isBusy ? "window-list is-old" : "window-list"}
      aria-label={label}
      aria-busy={isBusy}
      data-rows={n}
      style={{ height: n * rowHeight }}
      {...handlers}
    >
      {listed.map((at) => (
        <li key={at} className="window-list-row" aria-posinset={at + 1} aria-setsize={n} style={{ top: at * rowHeight, height: rowHeight }}>
          {row(at)}
        </li>
      ))}
    </ul>
  );
}
