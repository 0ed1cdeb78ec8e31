import type { InsideProps } from "../inside";

export const Heads = ({ internals }: InsideProps) => <p className="muted">Heads of {internals.tokens.length} tokens</p>;
