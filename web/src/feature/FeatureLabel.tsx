/** Under a feature's name: where it is from, and the form in which a reader gives another, for all graphs. */
import { useRef, useState, type KeyboardEvent, type SyntheticEvent } from "react";
import { asApiError, labelFeature, removeLabel, type ApiError, type FeatureName } from "../api/client";
import type { FeatureRecord, LabelOrigin } from "../api/types";
import { useReadOnly } from "../shared/hooks/useReadOnly";
import { counted } from "../shared/format";
import { Icon } from "../shared/Icon";
import { featureAddress, follow } from "../shared/router";
import { authorOf, storeAuthor, storedAuthor } from "./author";
import { labelBy, type LabelChange } from "./feature";
import { Origin } from "./Origin";
import "./FeatureLabel.css";

const MOST_LETTERS = 200;

interface FeatureLabelProps {
  feature: FeatureName;
  /** What the node is called now; null: nothing. */
  label: string | null;
  origin: LabelOrigin | null;
  /** Null while it is not known. */
  record: FeatureRecord | null;
  /** The feature has another name from now on. */
  onNamed: () => void;
  /** What was changed, for those who can undo it. */
  onLabelled?: ((label: LabelChange) => void) | undefined;
  /** Whether the feature's own page is what is open. */
  isPage?: boolean;
}

export function FeatureLabel({ feature, label, origin, record, onNamed, onLabelled, isPage = false }: FeatureLabelProps) {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const isReadOnly = useReadOnly();
  const page = isPage ? null : featureAddress(feature);
  const close = () => {
    opener.current?.focus();
    setOpen(false);
  };
  return (
    <div className="feature-label">
      <p className="feature-label-line">
        <Origin origin={origin} page={page} />
        {page !== null && (
          <a href={page} onClick={follow} title="The feature’s own page, with all graphs in which it fires" data-testid="feature-page">
            {record === null ? "all its graphs" : `in ${counted(record.n_graphs, "graph")}`}
          </a>
        )}
        {!isReadOnly && (
          <button
            ref={opener}
            type="button"
            className="feature-label-open"
            aria-expanded={isOpen}
            title="Name this feature, in every graph that has it"
            data-testid="label-open"
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="pencil" /> {label === null ? "Name it" : "Rename"}
          </button>
        )}
      </p>
      {isOpen && <LabelForm feature={feature} label={label} record={record} onNamed={onNamed} onLabelled={onLabelled} onClose={close} />}
    </div>
  );
}

interface LabelFormProps extends Omit<FeatureLabelProps, "origin" | "isPage"> {
  onClose: () => void;
}

function LabelForm({ feature, label, record, onNamed, onLabelled, onClose }: LabelFormProps) {
  const [author, setAuthor] = useState(storedAuthor);
  const own = labelBy(record, authorOf(author));
  const [text, setText] = useState(own ?? label?.replace(/^~ /, "") ?? "");
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const send = async (change: () => Promise<unknown>, after: string | null) => {
    if (isSending) return;
    setSending(true);
    setError(null);
    try {
      await change();
      storeAuthor(author.trim());
      onLabelled?.({ feature, author: authorOf(author), before: own, after });
      onNamed();
      onClose();
    } catch (reason) {
      setError(asApiError(reason));
      setSending(false);
    }
  };
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    void send(() => labelFeature(feature, { text, author: authorOf(author) }), text);
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // the details stay open
    onClose();
  };
  return (
    <form className="feature-label-form" data-testid="label-form" onSubmit={save} onKeyDown={leave}>
      <label>
        <span className="muted">Name</span>
        <input
          value={text}
          maxLength={MOST_LETTERS}
          autoFocus
          autoComplete="off"
          data-testid="label-text"
          onFocus={(event) => event.target.select()}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <label>
        <span className="muted">said by</span>
        <input
          value={author}
          maxLength={MOST_LETTERS}
          placeholder="your name, if you like"
          autoComplete="nickname"
          data-testid="label-author"
          onChange={(event) => setAuthor(event.target.value)}
        />
      </label>
      <div className="feature-label-buttons">
        <button type="submit" className="primary" data-testid="label-save">
          {isSending ? "Saving…" : "Save"}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        {own !== null && (
          <button
            type="button"
            title={`Take “${own}” away`}
            data-testid="label-remove"
            onClick={() => void send(() => removeLabel(feature, authorOf(author)), null)}
          >
            Remove mine
          </button>
        )}
      </div>
      {error && (
        <p className="feature-label-refused" role="alert" data-testid="label-refused">
          {error.detail}
        </p>
      )}
    </form>
  );
}
