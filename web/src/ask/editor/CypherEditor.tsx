/** A Cypher editor: the schema's words as one types, the place of an error underlined, Ctrl-Enter runs. */
import { autocompletion, closeBrackets, completionKeymap, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { cypher as cypherMode } from "@codemirror/legacy-modes/mode/cypher";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightSpecialChars, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useEffectEvent, useRef } from "react";
import type { CypherSchema } from "../../api/types";
import { completionAt, type Option } from "./completion";
import { placeOf } from "./place";
import "./CypherEditor.css";

interface CypherEditorProps {
  text: string;
  /** Null: it is on its way, and nothing is completed yet. */
  schema: CypherSchema | null;
  /** What the engine says of this text; null: nothing. */
  fault: string | null;
  onChange: (text: string) => void;
  onRun: () => void;
}

/** By the page's variables, so that the editor follows the theme. */
const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-2)", border: "none" },
  ".cm-placeholder": { color: "var(--ink-2)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--fill-strong) !important" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", border: "1px solid var(--line-strong)", borderRadius: "6px", overflow: "hidden" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--fill-strong)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--ink-2)", fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "650" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--excites)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--accent)" },
  { tag: tags.comment, color: "var(--ink-2)", fontStyle: "italic" },
  { tag: [tags.atom, tags.definition(tags.variableName)], color: "var(--inhibits)" },
  { tag: tags.standard(tags.variableName), color: "var(--excites)" },
]);

const KINDS: Record<Option["kind"], string> = {
  label: "class",
  type: "interface",
  property: "property",
  parameter: "variable",
  variable: "variable",
  word: "keyword",
  function: "function",
};
/** What fits a place stands before what fits anywhere. */
const BOOST: Partial<Record<Option["kind"], number>> = { variable: 2, word: 1 };

function completionsIn(context: CompletionContext, schema: CypherSchema | null): CompletionResult | null {
  const found = schema && completionAt(context.state.doc.toString(), context.pos, schema, context.explicit);
  if (!found) return null;
  return {
    from: found.from,
    options: found.options.map(({ label, kind, detail, written }) => ({
      label,
      type: KINDS[kind],
      boost: BOOST[kind] ?? 0,
      ...(detail ? { detail } : {}),
      ...(written ? { apply: written } : {}),
    })),
  };
}

export function CypherEditor({ text, schema, fault, onChange, onRun }: CypherEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const change = useEffectEvent(onChange);
  const run = useEffectEvent(onRun);
  const complete = useEffectEvent((context: CompletionContext) => completionsIn(context, schema));
  const first = useEffectEvent(() => text);

  useEffect(() => {
    if (!host.current) return;
    const opened = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first(),
        extensions: [
          Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }, { key: "Ctrl-Enter", run: () => (run(), true) }])),
          lineNumbers(),
          history(),
          drawSelection(),
          highlightSpecialChars(),
          bracketMatching(),
          closeBrackets(),
          StreamLanguage.define(cypherMode),
          syntaxHighlighting(COLOURS),
          autocompletion({ override: [(context) => complete(context)], icons: false }),
          placeholder("MATCH (g:AttributionGraph) RETURN g.name, g.prompt LIMIT 20"),
          EditorView.lineWrapping,
          LOOK,
          // Tab leads on, as everywhere on the page.
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ "aria-label": "Cypher", "data-testid": "cypher", spellcheck: "false" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = opened;
    return () => {
      view.current = null;
      opened.destroy();
    };
  }, []);

  useEffect(() => {
    const { current } = view;
    const before = current?.state.doc.toString();
    if (current && before !== text) current.dispatch({ changes: { from: 0, to: before?.length ?? 0, insert: text } });
  }, [text]);

  useEffect(() => {
    const { current } = view;
    if (!current) return;
    const place = fault === null ? null : placeOf(current.state.doc.toString(), fault);
    current.dispatch(setDiagnostics(current.state, place && fault ? [{ ...place, severity: "error", message: fault }] : []));
    if (place) current.dispatch({ effects: EditorView.scrollIntoView(place.from) });
  }, [fault]);

  return <div ref={host} className="cypher-editor" />;
}
