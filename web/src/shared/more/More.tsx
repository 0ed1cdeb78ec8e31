/** A list of which only the first few are shown until somebody asks for all. */
import { useState, type ReactNode } from "react";
import "./More.css";

interface MoreProps<Item> {
  items: readonly Item[];
  /** How many are shown at first. One more than these is shown as well: a button takes its room. */
  most: number;
  className: string;
  testId: string;
  /** The item as an `li`. */
  render: (item: Item, at: number) => ReactNode;
}

export function More<Item>({ items, most, className, testId, render }: MoreProps<Item>) {
  const [isWhole, setWhole] = useState(items.length <= most + 1);
  const shown = isWhole ? items : items.slice(0, most);
  return (
    <>
      <ul className={className} data-testid={testId}>
        {shown.map(render)}
      </ul>
      {items.length > most + 1 && (
        <button type="button" className="more" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "fewer" : `${items.length - most} more`}
        </button>
      )}
    </>
  );
}
