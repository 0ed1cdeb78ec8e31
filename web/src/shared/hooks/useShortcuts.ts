/** Keys that act anywhere on the page. */
import { useEffect, useEffectEvent } from "react";
import { isPlainKey } from "../keys";

/** What each key does, by its name: "/", "f". Its letter is not typed into what it opens. */
export function useShortcuts(shortcuts: Readonly<Record<string, () => void>>): void {
  const act = useEffectEvent((event: KeyboardEvent) => {
    const shortcut = Object.hasOwn(shortcuts, event.key) ? shortcuts[event.key] : undefined;
    if (!shortcut || !isPlainKey(event)) return;
    event.preventDefault();
    shortcut();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => act(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
