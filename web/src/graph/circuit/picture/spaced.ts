/** Boxes in a row as near to where they want to be as their widths allow. */

/**
 * The middles of boxes of these `widths` in a `room`, in this order and `beside` apart, such that the squares of their
 * distances from the `wanted` middles are least (isotonic regression: boxes that push each other move together).
 */
export function spaced(wanted: readonly number[], widths: readonly number[], beside: number, room: number): number[] {
  let used = 0;
  /** How far each middle is from where the row begins, packed. */
  const offsets = widths.map((width) => {
    const middle = used + width / 2;
    used += width + beside;
    return middle;
  });
  const free = Math.max(0, room - (used - beside));
  const blocks: { sum: number; size: number }[] = [];
  wanted.forEach((at, place) => {
    let block = { sum: at - (offsets[place] ?? 0), size: 1 };
    for (let before = blocks.at(-1); before && before.sum / before.size >= block.sum / block.size; before = blocks.at(-1)) {
      blocks.pop();
      block = { sum: before.sum + block.sum, size: before.size + block.size };
    }
    blocks.push(block);
  });
  const starts = blocks.flatMap(({ sum, size }) => Array.from({ length: size }, () => Math.min(free, Math.max(0, sum / size))));
  return starts.map((start, place) => start + (offsets[place] ?? 0));
}
