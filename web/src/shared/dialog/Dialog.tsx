/** A dialog over the page: its title, the button that closes it, what it holds. A click beside it closes it, too. */
import { useId, type ReactNode, type RefObject } from "react";
import { Icon } from "../Icon";
import "./Dialog.css";

interface DialogProps {
  dialog: RefObject<HTMLDialogElement | null>;
  title: string;
  /** Pixels, where the window is wide enough. */
  width: number;
  testId: string;
  onClose?: () => void;
  children: ReactNode;
}

export function Dialog({ dialog, title, width, testId, onClose, children }: DialogProps) {
  const heading = useId();
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      className="dialog"
      style={{ width }}
      aria-labelledby={heading}
      data-testid={testId}
      onClose={onClose}
      onClick={(event) => {
        // The content fills the dialog: a click on the dialog itself hit the backdrop.
        if (event.target === event.currentTarget) close();
      }}
    >
      <div className="dialog-body">
        <div className="detail-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
