/**
 * graph/question/: what a person asks of a graph.
 *
 *     QuestionForm -> TargetPicker | GroupPicker | GroupCount | SidePicker | BosToggle | FilterChips -> filters.ts | ScorePicker -> ScoreHelp
 *     all -> question.ts -> scores.ts
 */
import type { GraphModel } from "../model/model";
import { BosToggle } from "./BosToggle";
import { FilterChips } from "./FilterChips";
import { GroupCount } from "./GroupCount";
import { GroupPicker } from "./GroupPicker";
import { canCount, isAutomatic, isGrouped, type Filter, type PageQuestion } from "./question";
import { ScorePicker } from "./ScorePicker";
import type { Score } from "./scores";
import { SidePicker } from "./SidePicker";
import { TargetPicker } from "./TargetPicker";
import "./QuestionForm.css";

interface QuestionFormProps {
  model: GraphModel;
  scores: readonly Score[];
  question: PageQuestion;
  /** The id of the logit to explain; null: the most probable one. */
  target: string | null;
  /** How many automatic groups the last answer has; null: it has none. */
  nGroups: number | null;
  onChange: (change: Partial<PageQuestion>) => void;
  onFilter: (filter: Filter, id: string) => void;
}

export function QuestionForm({ model, scores, question, target, nGroups, onChange, onFilter }: QuestionFormProps) {
  return (
    <>
      <div className="question-form">
        <h1 id="why" tabIndex={-1}>
          Why <TargetPicker model={model} target={target} ratherThan={question.ratherThan} onChange={onChange} /> ?
        </h1>
        <div className="question-form-choices">
          <GroupPicker model={model} question={question} scores={scores} onChange={onChange} />
          <SidePicker value={question.side} grouped={isGrouped(question, scores)} onChange={onChange} />
        </div>
        {isAutomatic(question, scores) && nGroups !== null && canCount(question, nGroups) && (
          <GroupCount value={question.groups} answered={nGroups} onChange={(groups) => onChange({ groups })} />
        )}
        <BosToggle model={model} value={question.hideBos} onChange={onChange} />
        <FilterChips model={model} question={question} onRemove={onFilter} />
      </div>
      <ScorePicker scores={scores} value={question.score} onChange={(score) => onChange({ score })} />
    </>
  );
}
