import type { InsideProps } from "../inside";

export const TokenAttribution = ({ internals }: InsideProps) => <p className="muted">TokenAttribution of {internals.tokens.length} tokens</p>;
