/** Above the lists: how many automatic groups there are and how much they hold, and what is hidden. */
import type { PathsAnswer } from "../../../api/types";
import type { GraphModel } from "../../model/model";
import { placeName } from "../../names/places";
import { GroupCount } from "../../question/GroupCount";
import { canCount, type PageQuestion } from "../../question/question";
import { groupsLine, hiddenLine } from "./groupsLine";
import "./GroupsLine.css";

interface GroupsLineProps {
  model: GraphModel;
  question: PageQuestion;
  answer: PathsAnswer;
  onChange: (change: Partial<PageQuestion>) => void;
}

export function GroupsLine({ model, question, answer, onChange }: GroupsLineProps) {
  const groups = groupsLine(answer);
  const hidden = hiddenLine(answer, placeName(model, 0));
  const nGroups = answer.auto?.groups ?? null;
  const canChoose = nGroups !== null && canCount(question, nGroups);
  if (groups === null && hidden === null && !canChoose) return null;
  return (
    <div className="groups-line">
      {canChoose && <GroupCount value={question.groups} answered={nGroups} onChange={(groups) => onChange({ groups })} />}
      {groups !== null && (
        <details data-testid="groups-line">
          <summary>{groups[0]}</summary>{" "}
          <p>
            {groups[1]} <span className="muted">Names say where influence comes from and goes to, not what features mean.</span>
          </p>
        </details>
      )}
      {hidden !== null && <p data-testid="hidden-line">{hidden}</p>}
    </div>
  );
}
