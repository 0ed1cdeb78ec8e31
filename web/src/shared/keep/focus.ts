/**
 * Focus that stays near: what takes the focus away with it when it goes leaves it to the first thing that stays around
 * it, and what is disabled for a while gets it back.
 */

/** What can have the focus: controls, and the headings of parts that are opened by them. */
const FOCUSABLE = "[tabindex='-1'], a[href], button:enabled, input:enabled, select:enabled, summary";

/** Keeps the focus of what is inside `root`. Returns the function that stops it. */
export function keepFocus(root: HTMLElement): () => void {
  /** What had the focus last, and all around it. */
  let trail: Element[] = [];
  const remember = ({ target }: FocusEvent) => {
    trail = [];
    for (let each = target instanceof Element ? target : null; each; each = each.parentElement) trail.push(each);
  };
  const restore = () => {
    const [lost] = trail;
    if (document.activeElement !== document.body || !(lost instanceof HTMLElement)) return;
    if (lost.isConnected) {
      if (!lost.matches(":disabled")) lost.focus({ preventScroll: true });
      return;
    }
    for (const each of trail) {
      // What is inert for now, such as the tab behind another, takes no focus.
      const near = each.isConnected && [...each.querySelectorAll<HTMLElement>(FOCUSABLE)].find((one) => !one.closest("[inert]"));
      if (near) {
        near.focus({ preventScroll: true });
        return;
      }
    }
  };
  const forget = () => {
    // A click beside everything takes the focus away on purpose. Whether what had it is gone shows only afterwards.
    queueMicrotask(() => {
      const isLeft = trail[0]?.isConnected && !trail[0].matches(":disabled");
      if (isLeft && document.activeElement === document.body) trail = [];
    });
  };
  const observer = new MutationObserver(restore);
  root.addEventListener("focusin", remember);
  root.addEventListener("focusout", forget);
  observer.observe(root, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  return () => {
    root.removeEventListener("focusin", remember);
    root.removeEventListener("focusout", forget);
    observer.disconnect();
  };
}
