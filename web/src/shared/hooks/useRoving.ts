/** A row of buttons as one stop of the Tab key, within which the arrows move the focus. */
import { useState, type FocusEvent, type KeyboardEvent } from "react";

interface Roving {
  /** The handlers of the element around the buttons. */
  bar: {
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
    onFocus: (event: FocusEvent<HTMLElement>) => void;
  };
  /** The attributes of a button. `key`: tells it from the others. */
  button: (key: string) => { "data-roving": string; tabIndex: 0 | -1 };
}

/** `first`: the key of the button that the Tab key leads to first. */
export function useRoving(keys: readonly string[], first: string): Roving {
  const [at, setAt] = useState<string | null>(null);
  const stop = at !== null && keys.includes(at) ? at : first;
  return {
    bar: {
      onFocus: ({ target }) => {
        const key = target.dataset.roving;
        if (key !== undefined) setAt(key);
      },
      onKeyDown: (event) => {
        const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-roving]")];
        const place = buttons.findIndex((button) => button === document.activeElement);
        const to = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: buttons.length - 1 }[event.key];
        if (place < 0 || to === undefined) return;
        event.preventDefault();
        buttons[to]?.focus();
      },
    },
    button: (key) => ({ "data-roving": key, tabIndex: key === stop ? 0 : -1 }),
  };
}
