import type { InsideProps } from "../inside";

export const Attention = ({ internals }: InsideProps) => <p className="muted">Attention of {internals.tokens.length} tokens</p>;
