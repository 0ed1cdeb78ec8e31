/** Boxes, and where the lines of links run between them. */
export interface Size {
  width: number;
  height: number;
}

/** `x`, `y`: the middle, in pixels from the left and from the top. */
export interface Box extends Size {
  x: number;
  y: number;
}

const [THIN, THICK] = [1, 11];

/** The width of a link's line, in pixels. */
export const widthOf = (strength: number, strongest: number): number => (strongest > 0 ? THIN + (THICK - THIN) * (strength / strongest) : THIN);

/**
 * The line of a link as an SVG path: upwards from box to box in a curve, over what stands between two boxes of a row, any
 * other way straight from edge to edge.
 */
export function linePath(source: Box, target: Box, head: number): string {
  const [from, to] = [towards(source, target), towards(target, source)];
  const bottom = source.y - source.height / 2;
  const top = target.y + target.height / 2 + head;
  if (bottom - top > 8) {
    const bend = Math.max(16, (bottom - top) / 2);
    return `M${xy(from, bottom)}C${xy(from, bottom - bend)} ${xy(to, top + bend)} ${xy(to, top)}`;
  }
  if (Math.abs(source.y - target.y) < target.height / 2) {
    const end = target.y - target.height / 2 - head;
    const height = Math.min(bottom, end) - Math.min(44, 12 + Math.abs(target.x - source.x) / 10);
    return `M${xy(from, bottom)}C${xy(from, height)} ${xy(to, height)} ${xy(to, end)}`;
  }
  return `M${xy(...edgeTowards(source, target, 0))}L${xy(...edgeTowards(target, source, head))}`;
}

/** Where a box's lines to another begin or end: on the side where that is, so that they do not all meet in the middle. */
function towards(box: Box, other: Box): number {
  const most = Math.max(0, box.width / 2 - 12);
  return box.x + Math.min(most, Math.max(-most, (other.x - box.x) * 0.2));
}

/** The lengths of arrow heads, each wider than the lines that have it. */
export const HEADS = [7, 11, 16] as const;

/** The length of the head of a line, which begins where the line ends. */
export const headOf = (width: number): number => HEADS.find((head) => head > 2 * width) ?? HEADS[2];

const xy = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** Where the line from a box's middle to another's leaves the box, `beyond` pixels outside. */
function edgeTowards(box: Box, other: Box, beyond: number): [number, number] {
  const [dx, dy] = [other.x - box.x, other.y - box.y];
  const length = Math.hypot(dx, dy) || 1;
  const part = Math.min(box.width / 2 / Math.abs(dx || 1e-9), box.height / 2 / Math.abs(dy || 1e-9));
  return [box.x + dx * part + (dx / length) * beyond, box.y + dy * part + (dy / length) * beyond];
}
