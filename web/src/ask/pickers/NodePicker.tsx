/** A node, or a token, of the graph that is chosen in the form. */
import { useState } from "react";
import { getNodes } from "../../api/client";
import type { Kind } from "../../api/types";
import { counted } from "../../shared/format";
import { isPassing, useAnswer } from "../../shared/useAnswer";
import { Combo } from "./Combo";
import { nodeChoice, nodeChoices, tokenChoices } from "./nodes";
import { Picked } from "./Picked";
import { LISTED, type Picking } from "./picking";

interface OfGraph extends Picking {
  /** The id of the graph whose nodes are listed; "": none is chosen; null: the query has none. */
  graph: string | null;
  kinds: readonly Kind[] | null;
}

function useNodes(graph: string | null) {
  const { answer, error, loading } = useAnswer(graph ? `nodes ${graph}` : null, (signal) => getNodes(graph ?? "", "made", null, signal));
  return { nodes: answer?.graph === graph ? answer : null, error, loading };
}

const KINDS: Record<Kind, string> = { embedding: "tokens", feature: "features", error: "errors", logit: "predictions" };

export function NodePicker({ graph, kinds, value, onChange, ...rest }: OfGraph) {
  const [typed, setTyped] = useState("");
  const { nodes, error, loading } = useNodes(graph);
  if (value !== "") {
    const chosen = nodes && nodeChoice(nodes, value);
    const isGone = nodes !== null && chosen === null;
    return <Picked text={chosen?.text ?? value} detail={isGone ? "is not in this graph" : chosen?.detail} title={value} isToken={chosen?.isToken ?? false} onDrop={() => onChange("")} />;
  }
  const { choices, all } = nodes ? nodeChoices(nodes, kinds, typed, LISTED) : { choices: [], all: 0 };
  const note = error && !isPassing(error) ? error.detail : nodes === null ? (graph === "" ? "Choose a graph first." : "") : all === 0 ? "None is called so." : all > choices.length ? `${choices.length} of ${counted(all, "node")}: words find others.` : "";
  return (
    <Combo
      {...rest}
      text={typed}
      placeholder={kinds ? `Words: ${kinds.map((kind) => KINDS[kind]).join(", ")}` : "Words of its label or token"}
      choices={choices}
      note={note}
      isBusy={loading}
      onText={(text) => {
        // A whole key may be pasted.
        if (text.split("/").length >= 5) onChange(text.trim());
        else setTyped(text);
      }}
      onPick={(choice) => onChange(choice.value)}
    />
  );
}

export function TokenPicker({ graph, kinds, value, onChange, ...rest }: OfGraph) {
  const { nodes, loading } = useNodes(graph);
  const choices = nodes ? tokenChoices(nodes, kinds, value) : [];
  const note = nodes !== null && choices.length === 0 ? "This graph has no such token." : graph === "" ? "Choose a graph first, or type a token." : "";
  return (
    <Combo {...rest} text={value} placeholder="Dallas" choices={choices} note={note} isBusy={graph !== null && graph !== "" && loading} onText={onChange} onPick={(choice) => onChange(choice.value)} />
  );
}
