/** A collection's name and age, and what is done with the whole of it: it is called otherwise, listed in the library, or deleted. */
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { asApiError, deleteCollection, renameCollection, type ApiError } from "../api/client";
import type { CollectionRecord } from "../api/types";
import { ago, counted, moment } from "../shared/format";
import { useReadOnly } from "../shared/hooks/useReadOnly";
import { collectionAddress, follow, navigate } from "../shared/router";
import { Trouble } from "../shared/Trouble";
import { useNow } from "../shared/hooks/useNow";
import { libraryAddress } from "./address";
import { MOST_OF_NAME } from "../shared/limits";
import "./CollectionHead.css";

type Doing = "nothing" | "renaming" | "asking";

export function CollectionHead({ record: { name, n_graphs: nGraphs, created_at: created } }: { record: CollectionRecord }) {
  const now = useNow();
  const isReadOnly = useReadOnly();
  const [doing, setDoing] = useState<Doing>("nothing");
  const [isBusy, setBusy] = useState(false);
  const [typed, setTyped] = useState(name);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const rename = useRef<HTMLButtonElement>(null);
  const remove = useRef<HTMLButtonElement>(null);
  const before = useRef<Doing>("nothing");
  useEffect(() => {
    // What a form or a question replaced has the focus again.
    if (doing === "nothing") (before.current === "renaming" ? rename : before.current === "asking" ? remove : null)?.current?.focus();
    before.current = doing;
  }, [doing]);

  const run = (work: () => Promise<void>) => {
    setBusy(true);
    setTrouble(null);
    work().catch((reason: unknown) => {
      setTrouble(asApiError(reason));
      setBusy(false);
    });
  };
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (typed === name) setDoing("nothing");
    else run(async () => navigate(collectionAddress((await renameCollection(name, typed)).name)));
  };
  return (
    <header className="collection-head">
      {doing === "renaming" ? (
        <form
          className="collection-head-form"
          onSubmit={save}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDoing("nothing");
          }}
        >
          <input className="text-field" aria-label="Name of the collection" value={typed} maxLength={MOST_OF_NAME} autoFocus autoComplete="off" data-testid="collection-name" onChange={({ target }) => setTyped(target.value)} />
          <button type="submit" className="primary" disabled={isBusy || typed.trim() === ""}>
            {isBusy ? "Renaming…" : "Rename"}
          </button>
          <button type="button" disabled={isBusy} onClick={() => setDoing("nothing")}>
            Cancel
          </button>
        </form>
      ) : (
        <h1 className="collection-head-name">{name}</h1>
      )}
      <p className="muted">
        {counted(nGraphs, "graph")} · made <span title={moment(created)}>{ago(created, now)}</span> ·{" "}
        <a href={libraryAddress(name)} onClick={follow}>
          In the library
        </a>
      </p>
      {!isReadOnly && doing !== "renaming" && (
        <div className="collection-head-actions">
          {doing === "asking" ? (
            <span className="collection-head-question" role="group" aria-label={`Delete the collection “${name}”?`}>
              <span>Delete the collection? Its graphs stay.</span>
              <button
                type="button"
                className="danger"
                autoFocus
                disabled={isBusy}
                data-testid="confirm-delete"
                onClick={() =>
                  run(async () => {
                    await deleteCollection(name);
                    navigate("/");
                  })
                }
              >
                {isBusy ? "Deleting…" : "Delete"}
              </button>
              <button type="button" disabled={isBusy} onClick={() => setDoing("nothing")}>
                Keep
              </button>
            </span>
          ) : (
            <>
              <button
                ref={rename}
                type="button"
                data-testid="rename-collection"
                onClick={() => {
                  setTyped(name);
                  setDoing("renaming");
                }}
              >
                Rename
              </button>
              <button ref={remove} type="button" data-testid="delete-collection" onClick={() => setDoing("asking")}>
                Delete
              </button>
            </>
          )}
        </div>
      )}
      {trouble && <Trouble error={trouble} onDismiss={() => setTrouble(null)} />}
    </header>
  );
}
