import type { InsideProps } from "../inside";

export const Flow = ({ internals }: InsideProps) => <p className="muted">Flow of {internals.tokens.length} tokens</p>;
