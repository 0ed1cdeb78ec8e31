/** Tokens as a model reads them, their white space made visible. */
import { count, exactToken } from "../shared/format";
import "./TokenList.css";

interface TokenListProps {
  tokens: readonly string[];
  /** How many there are, where these are the first. */
  total: number;
}

export function TokenList({ tokens, total }: TokenListProps) {
  return (
    // It scrolls, so it can have the focus.
    <ol className="token-list" aria-label="Tokens" tabIndex={0} data-testid="tokens">
      {tokens.map((token, at) => (
        <li key={at} className="token-list-token" title={`Position ${at}`}>
          {exactToken(token)}
        </li>
      ))}
      {total > tokens.length && <li className="muted">and {count(total - tokens.length)} more</li>}
    </ol>
  );
}
