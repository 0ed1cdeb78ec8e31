/**
 * graph/question/: what a person asks of a graph.
 *
 *     QuestionForm -> TargetPicker | GroupPicker | SidePicker | ScorePicker -> ScoreHelp;  GroupCount (above the lists)
 *     QuestionForm -> filters/: FilterChips | FilterDialog | PathOptions -> edited.ts | things.ts -> restrictions.ts -> selector.ts
 *     all -> question.ts -> scores.ts
 */
import { memo, useState } from "react";
import type { GraphModel } from "../model/model";
import type { Edited } from "./filters/edited";
import { FilterChips } from "./filters/FilterChips";
import { FilterDialog } from "./filters/FilterDialog";
import { PathOptions } from "./filters/PathOptions";
import type { Verb } from "./filters/things";
import { GroupPicker } from "./GroupPicker";
import { isGrouped, sidesOf, type PageQuestion } from "./question";
import { ScorePicker } from "./ScorePicker";
import type { Score } from "./scores";
import { SidePicker } from "./SidePicker";
import { TargetPicker } from "./TargetPicker";
import "./QuestionForm.css";

interface QuestionFormProps {
  model: GraphModel;
  scores: readonly Score[];
  question: PageQuestion;
  /** The id of the node to explain; null: the most probable logit. */
  target: string | null;
  onChange: (change: Partial<PageQuestion>) => void;
}

export const QuestionForm = memo(function QuestionForm({ model, scores, question, target, onChange }: QuestionFormProps) {
  const [dialog, setDialog] = useState<{ edited: Edited; first: Verb } | null>(null);
  const [side, ...others] = sidesOf(question);
  return (
    <div className="question-form">
      <h1 id="why" tabIndex={-1}>
        Why{" "}
        <TargetPicker
          model={model}
          target={target}
          ratherThan={question.ratherThan}
          onChange={onChange}
          onOther={() => setDialog({ edited: null, first: "target" })}
        />{" "}
        ?
      </h1>
      <div className="question-form-filters">
        <FilterChips
          model={model}
          question={question}
          onChange={onChange}
          onEdit={(edited) => setDialog({ edited, first: "through" })}
        />
        <button
          type="button"
          className="question-form-add"
          title="Only paths from, through, around or to what you choose"
          aria-haspopup="dialog"
          data-testid="add-filter"
          onClick={() => setDialog({ edited: null, first: "through" })}
        >
          + filter
        </button>
        <PathOptions model={model} question={question} onChange={onChange} />
        <ScorePicker scores={scores} value={question.score} onChange={(score) => onChange({ score })} />
      </div>
      <div className="question-form-choices">
        <GroupPicker model={model} question={question} scores={scores} onChange={onChange} />
        <SidePicker value={side !== undefined && others.length === 0 ? side : null} grouped={isGrouped(question, scores)} onChange={onChange} />
      </div>
      {dialog && <FilterDialog model={model} question={question} {...dialog} onChange={onChange} onClose={() => setDialog(null)} />}
    </div>
  );
});
