/** How far each address of the page was scrolled, so that whoever comes back to it finds it as it was. */
import { useEffect } from "react";

const scrolled = new Map<string, number>();

/** Scrolls to where this address was left once it is `ready`, as tall as it was, and remembers where it is left. */
export function useKeptScroll(ready: boolean): void {
  useEffect(() => {
    if (!ready) return;
    const { pathname } = window.location;
    // The browser would scroll before there is anything to scroll.
    window.history.scrollRestoration = "manual";
    window.scrollTo(0, scrolled.get(pathname) ?? 0);
    const remember = () => {
      // A shorter page scrolls this one before it is taken down.
      if (window.location.pathname === pathname) scrolled.set(pathname, window.scrollY);
    };
    window.addEventListener("scroll", remember, { passive: true });
    return () => window.removeEventListener("scroll", remember);
  }, [ready]);
}
