/** A stored graph, found by words of its prompt, prediction, name and notes. */
import { useState } from "react";
import { getGraphsOfPrompt, getPrompts } from "../../api/client";
import type { GraphRecord, LibraryAnswer } from "../../api/types";
import { barePrompt, count, counted, middleCut } from "../../shared/format";
import { besidePrompts, fullTitle } from "../../shared/graphs/title";
import { useSettled } from "../../shared/hooks/useSettled";
import { isPassing, useAnswer } from "../../shared/useAnswer";
import { Combo, type Choice } from "./Combo";
import { Picked } from "./Picked";
import { LISTED, PAUSE, type Picking } from "./picking";

type Graph = Omit<GraphRecord, "metadata">;

/** Prompts of several graphs of which all are listed: each is asked for alone. */
const UNFOLDED = 4;
/** Characters of a prompt. */
const MOST = 90;

export function GraphPicker(props: Picking) {
  return props.value === "" ? <Search {...props} /> : <Chosen id={props.value} onDrop={() => props.onChange("")} />;
}

/** A graph that is chosen, by its prompt. */
export function Chosen({ id, onDrop }: { id: string; onDrop: () => void }) {
  const { answer, error } = useAnswer(`graph ${id}`, (signal) => getGraphsOfPrompt(id, signal));
  const graphs = answer?.graphs.map(({ graph }) => graph) ?? [];
  const graph = graphs.find((one) => one.id === id);
  const isGone = error !== null && !isPassing(error);
  const text = graph ? middleCut(barePrompt(graph), MOST) || graph.name : id;
  return (
    <Picked text={text} detail={isGone ? "is not stored" : graph && besidePrompts(graphs).get(id)} title={graph ? fullTitle(graph) : id} onDrop={onDrop} />
  );
}

function Search({ onChange, ...picking }: Picking) {
  const [typed, setTyped] = useState("");
  const sought = useSettled(typed.trim(), PAUSE);
  const { answer, loading, error } = useAnswer(`prompts ${sought}`, (signal) => found(sought, signal));
  const note = error ? error.detail : answer === null ? "" : noteOf(answer.prompts, sought);
  return (
    <Combo
      {...picking}
      text={typed}
      placeholder="Words of its prompt"
      choices={answer ? choicesOf(answer.graphs) : []}
      note={note}
      isBusy={loading || sought !== typed.trim()}
      onText={setTyped}
      onPick={({ value }) => onChange(value)}
    />
  );
}

/** The newest graph of each prompt that has the words; of a few prompts all of theirs. */
async function found(sought: string, signal: AbortSignal): Promise<{ prompts: LibraryAnswer; graphs: Graph[] }> {
  const prompts = await getPrompts({ search: sought, limit: LISTED }, signal);
  const several = prompts.prompts.filter((one) => one.n_graphs > 1).slice(0, UNFOLDED);
  const all = await Promise.all(several.map(({ newest }) => getGraphsOfPrompt(newest.id, signal)));
  const graphs = prompts.prompts.flatMap(({ newest }): Graph[] => {
    const at = several.findIndex((one) => one.newest.id === newest.id);
    return at < 0 ? [newest] : (all[at]?.graphs.map(({ graph }) => graph) ?? [newest]);
  });
  return { prompts, graphs };
}

function choicesOf(graphs: readonly Graph[]): Choice[] {
  const beside = besidePrompts(graphs);
  return graphs.map((graph) => ({
    value: graph.id,
    text: `${middleCut(barePrompt(graph), MOST) || graph.name} → ${graph.prediction.token.trim()}`,
    detail: [graph.model, beside.get(graph.id) ?? "", graph.n_labelled_nodes > 0 ? counted(graph.n_labelled_nodes, "label") : ""].filter(Boolean).join(" · "),
  }));
}

function noteOf({ prompts, n_prompts: all }: LibraryAnswer, sought: string): string {
  if (all === 0) return sought === "" ? "No graph is stored yet." : "No stored graph has these words.";
  return all > prompts.length ? `${count(prompts.length)} of ${count(all)} prompts: words find others.` : "";
}
