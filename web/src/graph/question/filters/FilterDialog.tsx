/** Adds a filter or changes one: what paths do, and with what. */
import { useEffect, useMemo, useRef, useState } from "react";
import { count } from "../../../shared/format";
import { Dialog } from "../../../shared/dialog/Dialog";
import type { GraphModel } from "../../model/model";
import { MOST_THROUGH, type PageQuestion } from "../question";
import { edit, isTooMany, verbOf, type Edited } from "./edited";
import { search, sortText, thingsOf, type Thing, type Verb } from "./things";
import "./FilterDialog.css";

/** Things listed at once: more words find the rest. */
const MOST_LISTED = 60;

const VERBS: { verb: Verb; name: string; title: string }[] = [
  { verb: "source", name: "from", title: "Paths that begin there, at any of what is chosen" },
  { verb: "through", name: "through", title: "Paths that meet all of what is chosen" },
  { verb: "anyOf", name: "through any of", title: "Paths that meet at least one of what is chosen" },
  { verb: "avoid", name: "around", title: "Paths that meet nothing of what is chosen" },
  { verb: "target", name: "to", title: "Paths that end there: at one prediction or one feature" },
];

interface FilterDialogProps {
  model: GraphModel;
  question: PageQuestion;
  /** The filter to change; null: one is added. */
  edited: Edited;
  /** The verb to begin with. */
  first: Verb;
  onChange: (change: Partial<PageQuestion>) => void;
  onClose: () => void;
}

export function FilterDialog({ model, question, edited, first, onChange, onClose }: FilterDialogProps) {
  const begun = edited === null ? { verb: first, picked: [] } : verbOf(edited);
  const [verb, setVerb] = useState(begun.verb);
  const [picked, setPicked] = useState<readonly string[]>(begun.picked);
  const [text, setText] = useState("");
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    field.current?.focus();
  }, []);

  const things = useMemo(() => thingsOf(model, verb), [model, verb]);
  const found = useMemo(() => search(things, text), [things, text]);
  const byName = useMemo(() => new Map(things.map((thing) => [thing.selector, thing])), [things]);
  // Another verb takes other things.
  const chosen = picked.filter((each) => byName.has(each)).slice(0, verb === "target" ? 1 : undefined);
  const change = edit(question, edited, verb, chosen);
  const tooMany = isTooMany(change);
  const others = found.filter(({ selector }) => !chosen.includes(selector));
  const listed = [...chosen.flatMap((each) => byName.get(each) ?? []), ...others.slice(0, MOST_LISTED)];

  const close = () => dialog.current?.close();
  const put = (selectors: readonly string[]) => {
    const made = edit(question, edited, verb, selectors);
    if (selectors.length === 0 || isTooMany(made)) return;
    onChange(made);
    close();
  };
  const pick = (selector: string) => {
    if (verb === "target") setPicked([selector]);
    else setPicked(chosen.includes(selector) ? chosen.filter((each) => each !== selector) : [...chosen, selector]);
    setText("");
    field.current?.focus();
  };

  return (
    <Dialog dialog={dialog} title={edited === null ? "Only paths that go" : "Change the filter"} width={520} testId="filter-dialog" onClose={onClose}>
      <form
        className="filter-dialog-body"
        onSubmit={(event) => {
          event.preventDefault();
          const best = others[0];
          put(text.trim() !== "" && best ? [...(verb === "target" ? [] : chosen), best.selector] : chosen);
        }}
      >
        <div className="segmented filter-dialog-verbs" role="group" aria-label="What paths do">
          {VERBS.map((each) => (
            <button
              key={each.verb}
              type="button"
              aria-pressed={verb === each.verb}
              title={each.title}
              data-testid={`verb-${each.verb}`}
              onClick={() => {
                setVerb(each.verb);
                field.current?.focus();
              }}
            >
              {each.name}
            </button>
          ))}
        </div>
        <p className="muted filter-dialog-said">{VERBS.find((each) => each.verb === verb)?.title}.</p>
        <input
          ref={field}
          type="search"
          className="filter-dialog-search"
          aria-label="Search labels, tokens, supernodes, layers, features, nodes"
          placeholder={verb === "target" ? "Predictions and features" : "Labels, tokens, supernodes, layers, features, nodes"}
          autoComplete="off"
          spellCheck={false}
          value={text}
          data-testid="filter-search"
          onChange={(event) => setText(event.target.value)}
        />
        <ul className="filter-dialog-list" aria-label="What is found" data-testid="filter-things">
          {listed.map((thing) => (
            <ThingRow
              key={thing.selector}
              thing={thing}
              one={verb === "target"}
              picked={chosen.includes(thing.selector)}
              onPick={() => pick(thing.selector)}
            />
          ))}
        </ul>
        <p className="muted filter-dialog-said" role="status">
          {found.length === 0 && "Nothing here is called so."}
          {others.length > MOST_LISTED && `and ${count(others.length - MOST_LISTED)} more: type to find them`}
          {tooMany && `No more than ${MOST_THROUGH} filters of what paths go through can be combined: take “through any of”.`}
        </p>
        <div className="filter-dialog-foot">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="button" className="primary" disabled={chosen.length === 0 || tooMany} data-testid="put-filter" onClick={() => put(chosen)}>
            {edited !== null ? "Change" : verb === "target" ? "Set as target" : "Add"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function ThingRow({ thing, one, picked, onPick }: { thing: Thing; one: boolean; picked: boolean; onPick: () => void }) {
  const { name, note, place } = thing.entry;
  return (
    <li>
      <label className="filter-dialog-thing" data-testid="filter-thing" data-selector={thing.selector}>
        <input type={one ? "radio" : "checkbox"} name="filter-thing" checked={picked} onChange={onPick} />
        <span className={name.isToken ? "token ellipsis" : name.isInferred ? "inferred ellipsis" : "ellipsis"}>{name.text}</span>
        <span className="filter-dialog-where ellipsis">
          {note && note !== thing.sort && `${note} `}
          {place && <span className="token">{place}</span>}
        </span>
        <span className="filter-dialog-sort">{sortText(thing)}</span>
      </label>
    </li>
  );
}
