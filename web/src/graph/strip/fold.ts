/** What the token strip shows of a prompt: tokens one by one, and runs of tokens with nothing to show as one piece that opens. */
import type { GraphModel } from "../model/model";
import type { TokenSpan } from "../model/pieces";

/** A token; several that spell a character together are one. */
interface TokenPiece {
  kind: "token";
  span: TokenSpan;
}

/** A run of tokens with nothing to show: closed, or the head of the tokens that follow it. */
interface RunPiece {
  kind: "run";
  spans: readonly TokenSpan[];
  isOpen: boolean;
}

export type Piece = TokenPiece | RunPiece;

/** A shorter run is not worth a fold, nor is any in a prompt that is read at a glance. */
const LEAST_RUN = 4;
const GLANCE = 12;

/** For each position 1 where a feature or an error is drawn. */
export function occupied({ nodes, record }: GraphModel, shows: ArrayLike<number>): Uint8Array {
  const has = new Uint8Array(record.tokens.length);
  nodes.kind.forEach((kind, node) => {
    if (shows[node] && (kind === "feature" || kind === "error")) has[nodes.position[node] ?? 0] = 1;
  });
  return has;
}

/**
 * `hasMore`: whether a position has something to show besides its token; `opened`: positions of runs that the reader
 * has opened.
 */
export function pieces(spans: readonly TokenSpan[], hasMore: (position: number) => boolean, opened: ReadonlySet<number>): Piece[] {
  const token = (span: TokenSpan): Piece => ({ kind: "token", span });
  if (spans.length <= GLANCE) return spans.map(token);
  const shown: Piece[] = [];
  let run: TokenSpan[] = [];
  const close = () => {
    if (run.length < LEAST_RUN) {
      shown.push(...run.map(token));
    } else {
      const isOpen = run.some(({ first }) => opened.has(first));
      shown.push({ kind: "run", spans: run, isOpen }, ...(isOpen ? run.map(token) : []));
    }
    run = [];
  };
  for (const span of spans) {
    if (positionsOf(span).some(hasMore)) {
      close();
      shown.push(token(span));
    } else {
      run.push(span);
    }
  }
  close();
  return shown;
}

export const positionsOf = ({ first, last }: TokenSpan): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);
