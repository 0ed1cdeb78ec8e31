/** Where the card stands: beside what it points at, where there is room, and in a narrow window where it does not cover it. */

/** Pixels of the window. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Size {
  width: number;
  height: number;
}

/** Pixels between the card and what it points at, and between it and the window's edges. */
const GAP = 12;
/** A window that is no wider has the card across. */
export const NARROW = 640;

const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));

/** The card's left and top edge; or the edge of a narrow window that it stands at, across. */
export function cardPlace(target: Box | null, card: Size, window: Size): { left: number; top: number } | "top" | "bottom" {
  if (window.width <= NARROW) {
    const room = card.height + 2 * GAP;
    // The end of the page cannot be scrolled to the top of the window.
    return target !== null && target.top >= room && target.top + target.height > window.height - room ? "top" : "bottom";
  }
  const most = { left: window.width - card.width - GAP, top: window.height - card.height - GAP };
  if (target === null) return { left: most.left, top: most.top };
  const { left, top, width, height } = target;
  const level = within(top, GAP, most.top);
  const right = left + width + GAP;
  if (right <= most.left) return { left: right, top: level };
  if (left - GAP - card.width >= GAP) return { left: left - GAP - card.width, top: level };
  const middle = within(left + (width - card.width) / 2, GAP, most.left);
  if (top - GAP - card.height >= GAP) return { left: middle, top: top - GAP - card.height };
  if (top + height + GAP <= most.top) return { left: middle, top: top + height + GAP };
  // It fills the window: over its left edge, in the middle, where a drawing has least.
  return { left: within(left + GAP, GAP, most.left), top: within(top + (height - card.height) / 2, GAP, most.top) };
}
