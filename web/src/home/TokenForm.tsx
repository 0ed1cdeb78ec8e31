/** The form for the server's token. */
import { useEffect, useId, useState, type SyntheticEvent } from "react";
import { asApiError, openSession, type ApiError } from "../api/client";
import { TopBar } from "../shared/TopBar";
import "./TokenForm.css";

export function TokenForm() {
  const field = useId();
  const [token, setToken] = useState("");
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  useEffect(() => {
    document.title = "Token · Circuit Explorer";
  }, []);

  const send = async () => {
    setSending(true);
    setError(null);
    try {
      await openSession(token.trim()); // unlocks the page, which replaces this form
    } catch (reason) {
      setError(asApiError(reason));
      setSending(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!sending) void send();
  };

  return (
    <div className="page">
      <TopBar />
      <main className="notice">
        <form className="token-form" onSubmit={submit}>
          <h1>
            <label htmlFor={field}>This server asks for a token</label>
          </h1>
          <p className="muted">
            Whoever runs it has it: the value of <code>CIRCUIT_EXPLORER_TOKEN</code>.
          </p>
          <div className="entry">
            <input
              id={field}
              type="password"
              value={token}
              autoComplete="current-password"
              autoFocus
              required
              data-testid="token-input"
              onChange={(event) => setToken(event.target.value)}
            />
            <button type="submit" className="primary" disabled={sending} data-testid="token-submit">
              {sending ? "Sending…" : "Open"}
            </button>
          </div>
          {error && (
            <p className="token-form-refused" role="alert" data-testid="token-refused">
              {error.status === 401 ? "That is not this server's token." : error.detail}
            </p>
          )}
        </form>
      </main>
    </div>
  );
}
