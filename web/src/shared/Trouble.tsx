/** What went wrong, in the server's own sentence, and what can be done about it. */
import type { ApiError } from "../api/client";
import "./Trouble.css";

interface TroubleProps {
  error: ApiError;
  /** What was being done: "The graphs could not be listed". */
  title?: string;
  onRetry?: () => void;
  onDismiss?: () => void;
}

export function Trouble({ error, title, onRetry, onDismiss }: TroubleProps) {
  return (
    <div className="trouble" role="alert" data-testid="error-banner" data-error={error.error}>
      <p>
        {title && <b>{title}. </b>}
        {error.detail}
      </p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
      {onDismiss && (
        <button type="button" onClick={onDismiss}>
          Dismiss
        </button>
      )}
    </div>
  );
}
