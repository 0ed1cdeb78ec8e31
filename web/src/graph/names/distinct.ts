/** What has to be added to names so that no two rows of a list read alike. */

/** A name in a row, and what tells it from others that read the same: a feature's id, a position. */
export interface Name {
  text: string;
  extras: readonly string[];
}

/** For each row and name, which of its extras are shown. */
type Shown = boolean[][][];

/** A row as it reads, with the extras that are shown. */
export const reading = (row: readonly Name[], shown: readonly (readonly boolean[])[]): string =>
  row
    .map(({ text, extras }, at) => [text, ...extras.filter((_, extra) => shown[at]?.[extra])].join(" "))
    .join(" → ");

/** The rows that read alike, by their numbers; those that no other reads like are left out. */
function alike(rows: readonly (readonly Name[])[], shown: Shown): number[][] {
  const byReading = new Map<string, number[]>();
  rows.forEach((row, at) => {
    const text = reading(row, shown[at] ?? []);
    const same = byReading.get(text);
    if (same) same.push(at);
    else byReading.set(text, [at]);
  });
  return [...byReading.values()].filter((same) => same.length > 1);
}

/**
 * Rows that read alike show the extras in which they differ, and only these. Rows still read alike where all their
 * extras are the same, which are those of the same nodes.
 */
export function distinct(rows: readonly (readonly Name[])[]): Shown {
  const shown = rows.map((row) => row.map(({ extras }) => extras.map(() => false)));
  for (const same of alike(rows, shown)) {
    const first = rows[same[0] ?? 0] ?? [];
    first.forEach(({ extras }, at) =>
      extras.forEach((_, extra) => {
        const values = new Set(same.map((row) => rows[row]?.[at]?.extras[extra]));
        if (values.size > 1) same.forEach((row) => show(shown, row, at, extra));
      }),
    );
  }
  // A label may read like another name with its extra. Such rows say all that there is to say, which may make others alike.
  for (let last = false; !last; ) {
    const unsaid = alike(rows, shown)
      .filter((same) => !same.every((row) => isSame(rows[row], rows[same[0] ?? 0])))
      .flat()
      .filter((row) => shown[row]?.some((extras) => extras.includes(false)));
    unsaid.forEach((row) => shown[row]?.forEach((extras) => extras.fill(true)));
    last = unsaid.length === 0;
  }
  return shown;
}

const isSame = (row: readonly Name[] | undefined, other: readonly Name[] | undefined): boolean =>
  JSON.stringify(row) === JSON.stringify(other);

function show(shown: Shown, row: number, at: number, extra: number): void {
  const extras = shown[row]?.[at];
  if (extras && extra < extras.length) extras[extra] = true;
}
