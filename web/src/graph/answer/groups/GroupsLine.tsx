/** Above the lists: how much automatic groups hold, what their names are, and what is hidden. */
import type { PathsAnswer } from "../../../api/types";
import type { GraphModel } from "../../model/model";
import { placeName } from "../../names/places";
import { groupsLine, hiddenLine } from "./groupsLine";
import "./GroupsLine.css";

export function GroupsLine({ model, answer }: { model: GraphModel; answer: PathsAnswer }) {
  const groups = groupsLine(answer);
  const hidden = hiddenLine(answer, placeName(model, 0));
  if (groups === null && hidden === null) return null;
  return (
    <div className="groups-line">
      {groups !== null && (
        <p data-testid="groups-line">
          {groups} <span className="muted">Names say where influence comes from and goes to, not what features mean.</span>
        </p>
      )}
      {hidden !== null && <p data-testid="hidden-line">{hidden}</p>}
    </div>
  );
}
