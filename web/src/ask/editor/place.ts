/** Where in a query an error is, as far as the engine tells. */

export interface Place {
  from: number;
  to: number;
}

/** The part of the text that an error's sentence points at; null: it names no place in it. */
export function placeOf(cypher: string, detail: string): Place | null {
  const [, line, column] = /\(line (\d+), column (\d+)\)/.exec(detail) ?? [];
  const [, character] = /\bat character ([\d,]+)/.exec(detail) ?? [];
  let from: number;
  if (line !== undefined && column !== undefined) {
    const lines = cypher.split("\n");
    if (Number(line) > lines.length) return null;
    from = lines.slice(0, Number(line) - 1).reduce((sum, one) => sum + one.length + 1, 0) + Number(column) - 1;
  } else if (character !== undefined) from = Number(character.replaceAll(",", "")) - 1;
  else return null;
  if (from < 0) return null;
  // What is missing at the end is shown at the last character.
  if (from >= cypher.length) return cypher.length === 0 ? null : { from: cypher.length - 1, to: cypher.length };
  return { from, to: from + (/^[\p{L}\p{N}_]+/u.exec(cypher.slice(from))?.[0].length ?? 1) };
}
