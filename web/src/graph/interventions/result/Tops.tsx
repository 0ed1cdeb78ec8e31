/** The most probable tokens before and after a change, each with two bars. */
import type { TokenChance } from "../../../api/types";
import { percent } from "../../../shared/format";
import type { GraphModel } from "../../model/model";
import { topRows, type TopRow } from "./tops";
import "./Tops.css";

interface TopsProps {
  model: GraphModel;
  before: readonly TokenChance[];
  after: readonly TokenChance[];
  /** Tokens of which both probabilities are known, however small. */
  known: readonly TopRow[];
}

export function Tops({ model, before, after, known }: TopsProps) {
  return (
    <table className="tops" data-testid="top-tokens">
      <thead>
        <tr>
          <th scope="col">token</th>
          <th scope="col">before</th>
          <th scope="col">after</th>
        </tr>
      </thead>
      <tbody>
        {topRows(before, after, known).map(({ token, before, after }) => (
          <tr key={token}>
            <th scope="row" className="token">
              {model.writeToken(token)}
            </th>
            <Chance value={before} />
            <Chance value={after} isAfter />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Chance({ value, isAfter = false }: { value: number | null; isAfter?: boolean }) {
  return (
    <td title={value === null ? "Not among the five most probable tokens" : undefined}>
      {percent(value)}
      <span className={isAfter ? "tops-bar is-after" : "tops-bar"} aria-hidden="true">
        <span style={{ width: `${(value ?? 0) * 100}%` }} />
      </span>
    </td>
  );
}
