/** One of a few names that the server lists: a collection, a model. */
import { getCollections, getModelsOfGraphs } from "../../api/client";
import { counted } from "../../shared/format";
import { useAnswer } from "../../shared/useAnswer";
import type { Picking } from "./picking";

interface Named {
  name: string;
  n_graphs: number;
}

const LISTS: Record<"collection" | "model", (signal: AbortSignal) => Promise<Named[]>> = {
  collection: async (signal) => (await getCollections(signal)).collections,
  model: async (signal) => (await getModelsOfGraphs(signal)).models,
};

export function NamePicker({ of, id, value, isRequired, isWrong, describedBy, onChange }: Picking & { of: keyof typeof LISTS }) {
  const { answer, error } = useAnswer(of, LISTS[of]);
  const isUnknown = value !== "" && answer?.every(({ name }) => name !== value);
  return (
    <select id={id} value={value} aria-required={isRequired} aria-invalid={isWrong} aria-describedby={describedBy} onChange={({ target }) => onChange(target.value)}>
      <option value="">{error ? error.detail : answer?.length === 0 ? `There is no ${of}` : `Choose a ${of}`}</option>
      {answer?.map(({ name, n_graphs: graphs }) => (
        <option key={name} value={name}>
          {name} ({counted(graphs, "graph")})
        </option>
      ))}
      {(isUnknown === true || (answer === null && value !== "")) && <option value={value}>{value}</option>}
    </select>
  );
}
