/** The way to write a graph's tokens, each of which can be told from every other. */
import type { GraphRecord, NodesAnswer } from "../../api/types";
import { tokenWriter, type TokenWriter } from "../../shared/format";
import { isPiece, UNKNOWN, writtenTokens, type TokenSpan } from "./pieces";

export interface Tokens {
  writeToken: TokenWriter;
  /** The prompt's tokens in order, those that spell a character together as one, as `writeToken` writes them. */
  spans: readonly TokenSpan[];
}

export function tokensOf({ prompt, tokens }: Pick<GraphRecord, "prompt" | "tokens">, nodes: NodesAnswer): Tokens {
  const { texts, spans, bytes } = writtenTokens(prompt, tokens);
  const bytesOf = new Map<number | null, string>();
  nodes.kind.forEach((kind, node) => {
    const known = bytes[nodes.position[node] ?? -1];
    if (kind === "embedding" && known) bytesOf.set(nodes.index[node] ?? null, known);
  });
  const logits = nodes.token.filter((token, node) => nodes.kind[node] === "logit" && !token.includes(UNKNOWN));
  const write = tokenWriter([...texts, ...logits]);
  return {
    writeToken: (token, of) => {
      if (!of || !isPiece(token)) return write(token);
      if (of.kind !== "logit") return write((of.position === null ? null : texts[of.position]) ?? token);
      // No prompt tells what a predicted piece belongs to; its token may stand in the prompt, too.
      if (!token.includes(UNKNOWN)) return write(token);
      return bytesOf.get(of.index) ?? (of.index === null ? write(token) : `${write(token)} id ${of.index}`);
    },
    spans: spans.map(({ first, last, text }) => ({ first, last, text: write(text) })),
  };
}
