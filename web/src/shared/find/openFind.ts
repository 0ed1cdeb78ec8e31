/** Opens the search over everything, which is a room of its own (find/): whoever has a button for it says so here. */
const ASKED = "circuit-explorer:find";

/** Whether this is one of Apple's machines, whose keyboards have ⌘ for what others do with Ctrl. */
const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The keys that open it, as people read them. */
export const findKeys = (): string => (isApple() ? "⌘K" : "Ctrl K");

/** Whether a key opens it. Ctrl-K on Apple's machines deletes the rest of a line. */
export const isFindKey = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent, apple = isApple()): boolean =>
  key.toLowerCase() === "k" && !altKey && !shiftKey && (apple ? metaKey && !ctrlKey : ctrlKey && !metaKey);

export const openFind = (): void => {
  window.dispatchEvent(new Event(ASKED));
};

/** Calls `open` whenever it is to open; returns how to stop. */
export function onFind(open: () => void): () => void {
  const press = (event: KeyboardEvent) => {
    if (!isFindKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
    open();
  };
  window.addEventListener(ASKED, open);
  // Before any field or editor that has a use for the key.
  window.addEventListener("keydown", press, { capture: true });
  return () => {
    window.removeEventListener(ASKED, open);
    window.removeEventListener("keydown", press, { capture: true });
  };
}
