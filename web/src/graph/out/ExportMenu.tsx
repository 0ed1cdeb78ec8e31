/**
 * graph/out/: what leaves the page: a picture of what is drawn, files of the graph and of a View, a link, a frame for other pages.
 *
 *     ExportMenu -> PictureForm -> pictured.ts;  -> CopyField;  -> files.ts
 */
import { useCallback, useRef } from "react";
import type { LabelRule } from "../../api/types";
import { embedding, frameOf } from "../../shared/frames/embed";
import { usePressBeside } from "../../shared/hooks/usePressBeside";
import { Icon } from "../../shared/Icon";
import { captionOf } from "../picture/caption";
import { isChanged, type OnPage } from "../work/bench";
import { CopyField } from "./CopyField";
import { FILE_FORMATS, fileAddress } from "./files";
import { PictureForm } from "./PictureForm";
import type { Stage, Subject } from "./pictured";
import "./ExportMenu.css";

interface ExportMenuProps {
  subject: Omit<Subject, "link">;
  /** The query of the page's address. */
  search: string;
  /** What stands in the middle; null: nothing does yet. */
  stage: () => Stage | null;
  labels: LabelRule;
  on: OnPage;
  isSaving: boolean;
  onSave: (name: string) => void;
}

export function ExportMenu({ subject, search, stage, labels, on, isSaving, onSave }: ExportMenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = useCallback(() => {
    if (menu.current) menu.current.open = false;
  }, []);
  usePressBeside(menu, close);
  const { model, target, ratherThan } = subject;
  const { id } = model.record;
  const page = window.location.origin + window.location.pathname;
  const link = page + search;
  const { title } = captionOf(model, target, ratherThan, null, null);
  const view = on.view?.name ?? null;
  const holds = on.view !== null && on.view.work.pinned.length + on.view.work.supernodes.length > 0;
  const changed = isChanged(on);
  return (
    <details
      ref={menu}
      className="export-menu"
      data-testid="export-graph"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !menu.current?.open) return;
        event.stopPropagation();
        close();
        menu.current.querySelector("summary")?.focus();
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget && !currentTarget.contains(relatedTarget)) close();
      }}
    >
      <summary className="icon-button" aria-label="Share and export" title="Share and export">
        <Icon name="download" />
      </summary>
      <div className="export-menu-panel" role="group" aria-label="Share and export">
        <CopyField label="Link to this page as it is" text={link} action="Copy link" />
        <PictureForm subject={{ ...subject, link }} stage={stage} />
        <section>
          <h3>The graph as a file</h3>
          <ul>
            {FILE_FORMATS.map(([format, name]) => (
              <li key={format}>
                <a href={fileAddress(id, format, labels, view)} download onClick={close}>
                  {name}
                </a>
              </li>
            ))}
            {view !== null && holds && (
              <li>
                <a href={fileAddress(id, "graph-json", labels, view, true)} download data-testid="export-view" onClick={close}>
                  Only what the View “{view}” pins and groups, as graph JSON
                </a>
              </li>
            )}
          </ul>
          {changed && (
            <p className="export-menu-unsaved" data-testid="export-unsaved">
              {view === null ? "Your pins and supernodes are not saved yet, so they are in no file." : `Files have the View “${view}” as it is saved, without your changes since.`}{" "}
              <button type="button" disabled={isSaving} onClick={() => onSave(view ?? "main")}>
                {isSaving ? "Saving…" : view === null ? "Save as the View “main”" : "Save it now"}
              </button>
            </p>
          )}
        </section>
        <CopyField label="HTML that shows this drawing in another page" text={frameOf(page + embedding(search), title)} action="Copy HTML" />
        <p className="export-menu-note muted">
          Other sites can show it only where this server was started with <code>--allow-frame</code>.
        </p>
      </div>
    </details>
  );
}
