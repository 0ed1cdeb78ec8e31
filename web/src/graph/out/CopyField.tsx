/** A text to take along, with a button that copies it; where the browser does not let it, the text is selected to be copied. */
import { useEffect, useId, useRef, useState } from "react";
import "./CopyField.css";

interface CopyFieldProps {
  label: string;
  text: string;
  /** What the button says: "Copy link". */
  action: string;
}

export function CopyField({ label, text, action }: CopyFieldProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => setSaid(null), [text]);
  const copy = async () => {
    try {
      // Absent where the page is not served securely.
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      field.current?.focus();
      field.current?.select();
      setSaid("Press Ctrl-C or ⌘C to copy");
    }
  };
  return (
    <div className="copy-field">
      <label htmlFor={id}>{label}</label>
      <div className="copy-field-line">
        <input ref={field} id={id} readOnly value={text} onFocus={(event) => event.target.select()} />
        <button type="button" onClick={() => void copy()}>
          {action}
        </button>
      </div>
      <p className="copy-field-said" role="status">
        {said}
      </p>
    </div>
  );
}
