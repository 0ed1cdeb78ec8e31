/** The field of the search and what it finds, in groups, as one list box. */
import { useId, useRef, useState, type KeyboardEvent } from "react";
import { counted } from "../shared/format";
import { comboboxField, useActiveInSight } from "../shared/hooks/combobox";
import { Icon } from "../shared/Icon";
import { navigate } from "../shared/router";
import { isPassing } from "../shared/useAnswer";
import type { Item } from "./items";
import { Option } from "./Option";
import { remember } from "./recent";
import { MOST, MOST_LETTERS, useFound } from "./useFound";
import "./Palette.css";

export function Palette({ onClose }: { onClose: () => void }) {
  const id = useId();
  const [text, setText] = useState("");
  /** The key of the item that the reader went to; null: the first, whatever it is. */
  const [at, setAt] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const { groups, words, isSearching, error, unfinished, isFull } = useFound(text);
  const items = groups.flatMap((one) => one.items);
  const place = Math.max(0, items.findIndex(({ key }) => key === at));
  const active = items[place];
  const activeKey = active?.key;

  useActiveInSight(list, activeKey);

  const choose = (item: Item) => {
    remember(item);
    onClose();
    if (item.address === undefined) item.act();
    else navigate(item.address);
  };
  const go = (to: number) => setAt(items[Math.min(Math.max(0, to), items.length - 1)]?.key ?? null);
  const press = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === "ArrowDown") go(place + 1 < items.length ? place + 1 : 0);
    else if (key === "ArrowUp") go(place > 0 ? place - 1 : items.length - 1);
    else if (key === "Enter" && active) choose(active);
    else return;
    event.preventDefault();
  };
  const optionId = (key: string): string => `${id}-${items.findIndex((item) => item.key === key)}`;

  return (
    <div className="palette" onKeyDown={press}>
      <div className="palette-field">
        <Icon name="search" />
        <input
          {...comboboxField(`${id}-list`, items.length > 0, active && optionId(active.key))}
          aria-label="Find prompts, graphs, features, views, collections, queries, pages"
          maxLength={MOST_LETTERS}
          placeholder="Dallas, Texas, L20 #44686, compare …"
          data-testid="find-field"
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(null);
          }}
        />
        <button type="button" className="icon-button" aria-label="Close the search" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div ref={list} id={`${id}-list`} className="palette-list" role="listbox" aria-label="Found" hidden={items.length === 0}>
        {groups.map(({ group, items: own }) => (
          <div key={group} role="group" aria-labelledby={`${id}-${group.replaceAll(" ", "-")}`} data-group={group}>
            <h2 id={`${id}-${group.replaceAll(" ", "-")}`} className="palette-group" role="presentation">
              {group}
            </h2>
            {own.map((item) => (
              <Option
                key={item.key}
                id={optionId(item.key)}
                item={item}
                words={words}
                isActive={item.key === activeKey}
                onPoint={() => setAt(item.key)}
                onChoose={() => choose(item)}
              />
            ))}
          </div>
        ))}
      </div>
      <div className="palette-foot">
        <p role="status" data-testid="find-status" data-searching={isSearching}>
          {statusText(words.length > 0, items.length, isSearching)}
          {isFull && ` Of a kind at most ${MOST} are shown.`}
          {unfinished.length > 0 && ` The search of ${unfinished.join(" and ")} took too long and was ended: there may be more.`}
        </p>
        {error && (
          <p role="alert" className="palette-trouble" data-testid="find-trouble">
            {isPassing(error) ? "The server does not answer: only pages and actions are found until it is back." : error.detail}
          </p>
        )}
      </div>
    </div>
  );
}

function statusText(isTyped: boolean, n: number, isSearching: boolean): string {
  if (!isTyped) return "Type words, all of which must occur; or a feature’s number.";
  if (isSearching) return "Searching…";
  return n === 0 ? "Nothing here is called so." : `${counted(n, "match", "matches")}.`;
}
