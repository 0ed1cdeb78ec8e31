/** A list in a box of its own that scrolls, of which only the rows in sight are on the page; all rows are of one height. */
import { useRef, useState, type CSSProperties, type ReactNode } from "react";
import { rowsInSight } from "./rowsInSight";
import { useFocusedRow } from "./useFocusedRow";
import "./VirtualList.css";

interface VirtualListProps {
  n: number;
  /** Pixels. */
  rowHeight: number;
  /** The content of a row, by its place. */
  row: (at: number) => ReactNode;
  label: string;
  testId?: string;
}

/** Rows that fit into the box, which is shorter where there are fewer: half a row says that more follow. */
const FITTING = 9.5;

export function VirtualList({ n, rowHeight, row, label, testId }: VirtualListProps) {
  const box = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const { focused, handlers } = useFocusedRow();
  const height = Math.min(n, FITTING) * rowHeight;
  const listed = rowsInSight({ n, rowHeight, top, height, focused });
  return (
    <div className="virtual-list" style={{ "--virtual-list-height": `${height}px` } as CSSProperties} onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}>
      <ul ref={box} aria-label={label} data-testid={testId} data-rows={n} style={{ height: n * rowHeight }} {...handlers}>
        {listed.map((at) => (
          <li key={at} className="virtual-list-row" aria-posinset={at + 1} aria-setsize={n} style={{ top: at * rowHeight, height: rowHeight }}>
            {row(at)}
          </li>
        ))}
      </ul>
    </div>
  );
}
