/** One thing that is found, with what matches marked. */
import type { Item } from "./items";
import { marked } from "./match";
import "./Option.css";

interface OptionProps {
  id: string;
  item: Item;
  words: readonly string[];
  isActive: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

export function Option({ id, item, words, isActive, onPoint, onChoose }: OptionProps) {
  return (
    <div
      id={id}
      className="option"
      role="option"
      aria-selected={isActive}
      data-testid="found"
      // The field keeps the focus.
      onPointerDown={(event) => event.preventDefault()}
      onPointerMove={onPoint}
      onClick={onChoose}
    >
      <span className={item.isInferred ? "option-text ellipsis inferred" : "option-text ellipsis"}>
        <Marked text={item.text} words={words} />
      </span>
      {item.beside !== "" && (
        <span className="option-beside ellipsis">
          <Marked text={item.beside} words={words} />
        </span>
      )}
    </div>
  );
}

function Marked({ text, words }: { text: string; words: readonly string[] }) {
  return marked(text, words).map(({ text: part, isMatch }, at) => (isMatch ? <mark key={at}>{part}</mark> : part));
}
