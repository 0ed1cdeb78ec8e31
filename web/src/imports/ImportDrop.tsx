/** imports/: import of graph files, dropped anywhere on the page or picked. They are sent one by one; a single one opens. */
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { asApiError, importGraph, type ApiError } from "../api/client";
import type { ImportAnswer } from "../api/types";
import { ASKED, askForFiles } from "../shared/askForFiles";
import { count, counted } from "../shared/format";
import { useReadOnly } from "../shared/hooks/useReadOnly";
import { Icon } from "../shared/Icon";
import { follow, graphAddress, navigate } from "../shared/router";
import "./ImportDrop.css";

interface Imports {
  /** How many files have been stored since the page was loaded. */
  stored: number;
  send: (files: readonly File[]) => void;
}

const ImportContext = createContext<Imports>({ stored: 0, send: () => undefined });

export const useImports = (): Imports => useContext(ImportContext);

interface Batch {
  done: number;
  total: number;
  /** The file being sent; null after the last one. */
  name: string | null;
  failures: { name: string; error: ApiError }[];
  /** The graphs of the files that were stored, and what is to be said of them. */
  graphs: { name: string; id: string; isKnown: boolean; text: string }[];
}

/** Milliseconds that the news stays where nothing was refused. */
const STAYS = 15_000;
/** Graphs that are led to, of many files. */
const MOST = 8;

/** "was stored before", "not stored: 3 zero links, 1 pin"; empty where all of a new graph was stored. */
function noteOf({ known, dropped }: ImportAnswer): string {
  const parts = Object.entries(dropped).flatMap(([what, number]) =>
    number > 0 ? [counted(number, what.replaceAll("_", " ").replace(/s$/, ""))] : [],
  );
  return [known ? "was stored before" : "", parts.length > 0 ? `not stored: ${parts.join(", ")}` : ""].filter(Boolean).join("; ");
}

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

export function ImportProvider({ children }: { children: ReactNode }) {
  const [batch, setBatch] = useState<Batch | null>(null);
  const [stored, setStored] = useState(0);
  const [over, setOver] = useState(false);
  const queue = useRef(Promise.resolve());
  const isReadOnly = useReadOnly();

  const send = useCallback((files: readonly File[]) => {
    const sendAll = async () => {
      const failures: Batch["failures"] = [];
      const graphs: Batch["graphs"] = [];
      for (const [done, file] of files.entries()) {
        setBatch({ done, total: files.length, name: file.name, failures, graphs });
        try {
          const record = await importGraph(file);
          graphs.push({ name: file.name, id: record.id, isKnown: record.known, text: noteOf(record) });
          setStored((before) => before + 1);
        } catch (reason) {
          failures.push({ name: file.name, error: asApiError(reason) });
        }
      }
      const [only] = graphs;
      const isPlain = files.length === 1 && only?.text === "";
      setBatch(isPlain ? null : { done: files.length, total: files.length, name: null, failures, graphs });
      if (files.length === 1 && only) navigate(graphAddress(only.id));
    };
    if (files.length > 0) queue.current = queue.current.then(sendAll);
  }, []);

  useEffect(() => {
    let depth = 0; // every element under the pointer sends its own enter and leave
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hold = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      send(Array.from(event.dataTransfer?.files ?? []));
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", hold);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", hold);
      window.removeEventListener("drop", drop);
    };
  }, [send]);

  const imports = useMemo(() => ({ stored, send }), [stored, send]);
  return (
    <ImportContext.Provider value={imports}>
      {children}
      {!isReadOnly && <FilePicker onPicked={send} />}
      {over && (
        <div className="import-drop-veil">
          <p>
            <Icon name="upload" /> Drop graph files to import them
          </p>
        </div>
      )}
      {batch && <ImportNews batch={batch} onClose={() => setBatch(null)} />}
    </ImportContext.Provider>
  );
}

/** "2 graphs imported, 1 known already, 1 file refused". */
function outcome(graphs: Batch["graphs"], refused: number): string {
  const known = graphs.filter(({ isKnown }) => isKnown).length;
  const parts = [
    graphs.length > known ? `${counted(graphs.length - known, "graph")} imported` : "",
    known > 0 ? `${count(known)} known already` : "",
    refused > 0 ? `${counted(refused, "file")} refused` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

function ImportNews({ batch, onClose }: { batch: Batch; onClose: () => void }) {
  const { done, total, name, failures, graphs } = batch;
  // One that opens by itself needs no link.
  const listed = total > 1 ? graphs : graphs.filter(({ text }) => text !== "");
  const running = name !== null;
  useEffect(() => {
    if (running || failures.length > 0) return;
    const timer = window.setTimeout(onClose, STAYS);
    return () => window.clearTimeout(timer);
  }, [running, failures, onClose]);
  return (
    <div className="import-drop-news" role="status" data-testid="import-news">
      <div className="import-drop-line">
        <span>
          {running
            ? `Importing ${total > 1 ? `${done + 1} of ${total}: ` : ""}${name}`
            : outcome(graphs, failures.length)}
        </span>
        {!running && (
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {running && (
        <div className="bar" role="progressbar" aria-label="Files" aria-valuemin={0} aria-valuemax={total} aria-valuenow={done}>
          <span style={{ width: `${((done + 0.5) / total) * 100}%` }} />
        </div>
      )}
      {!running &&
        listed.slice(0, MOST).map((graph) => (
          <p key={graph.name} className="import-drop-note" data-testid="import-note">
            <a href={graphAddress(graph.id)} onClick={follow}>
              {graph.name}
            </a>{" "}
            {graph.text}
          </p>
        ))}
      {!running && listed.length > MOST && <p className="muted">and {counted(listed.length - MOST, "more graph")} in the library</p>}
      {failures.map((failure) => (
        <p key={failure.name} className="import-drop-refused" role="alert" data-testid="error-banner" data-error={failure.error.error}>
          <b>{failure.name}</b> {failure.error.detail}
        </p>
      ))}
    </div>
  );
}

/** A button that picks graph files. */
export function ImportButton() {
  return (
    <button type="button" onClick={askForFiles}>
      <Icon name="upload" /> Import graph files
    </button>
  );
}

function FilePicker({ onPicked }: { onPicked: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const pick = () => input.current?.click();
    window.addEventListener(ASKED, pick);
    return () => window.removeEventListener(ASKED, pick);
  }, []);
  return (
    <input
      ref={input}
      type="file"
      accept=".json,.gz,application/json,application/gzip"
      multiple
      hidden
      data-testid="import-input"
      aria-label="Graph files"
      onChange={(event) => {
        onPicked(Array.from(event.target.files ?? []));
        event.target.value = "";
      }}
    />
  );
}
