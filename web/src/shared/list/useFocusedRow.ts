/** The row of a long list that holds the focus: it stays on the page wherever the list is scrolled to. */
import { useState, type FocusEvent } from "react";

interface FocusedRow {
  /** Its place; null: none has the focus. */
  focused: number | null;
  /** The handlers of the list, whose rows have `aria-posinset`. */
  handlers: { onFocus: (event: FocusEvent) => void; onBlur: () => void };
}

export function useFocusedRow(): FocusedRow {
  const [focused, setFocused] = useState<number | null>(null);
  const onFocus = ({ target }: FocusEvent) => {
    const at = (target as HTMLElement).closest<HTMLElement>("[aria-posinset]")?.getAttribute("aria-posinset");
    setFocused(at ? Number(at) - 1 : null);
  };
  return { focused, handlers: { onFocus, onBlur: () => setFocused(null) } };
}
