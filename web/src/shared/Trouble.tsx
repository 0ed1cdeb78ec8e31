/** A failure in the server's own sentence, with a way to retry or dismiss it. */
import type { ApiError } from "../api/client";
import "./Trouble.css";

interface TroubleProps {
  error: ApiError;
  /** The failed task: "The graph could not be opened". */
  title?: string;
  /** In place of the server's sentence. */
  detail?: string;
  onRetry?: () => void;
  onDismiss?: () => void;
}

export function Trouble({ error, title, detail = error.detail, onRetry, onDismiss }: TroubleProps) {
  return (
    <div className="trouble" role="alert" data-testid="error-banner" data-error={error.error}>
      <p>
        {title && <b>{title}. </b>}
        {detail}
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
