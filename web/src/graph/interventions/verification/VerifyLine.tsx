/** Under the answers: has them tested in the model, and says how many hold. */
import { getJobs, verify } from "../../../api/client";
import type { Verification, VerifyQuestion } from "../../../api/types";
import { about, counted, moment } from "../../../shared/format";
import { useAnswer } from "../../../shared/useAnswer";
import type { GraphModel } from "../../model/model";
import { secondsOf } from "../estimate";
import { RunNews } from "../../../shared/jobs/RunNews";
import type { Tests } from "../useTests";
import "./VerifyLine.css";

interface VerifyLineProps {
  model: GraphModel;
  tests: Tests;
  /** The verification of these answers; null: they were not tested. */
  verification: Verification | null;
  groupBy: NonNullable<VerifyQuestion["group_by"]>;
}

export function VerifyLine({ model: { record }, tests, verification, groupBy }: VerifyLineProps) {
  const { isRunning, start } = tests.verification;
  // Nothing is offered that turns out to be impossible.
  const canTest = tests.interventions !== null && tests.whyNot === null;
  const jobs = useAnswer(canTest && verification === null ? record.id : null, (signal) => getJobs({}, signal));
  const seconds = jobs.answer && about(secondsOf(jobs.answer.jobs, "verify", record));
  if (!canTest && verification === null) return null;
  return (
    <div className="verify-line" data-testid="verify-line" data-running={isRunning}>
      <RunNews run={tests.verification} failed="The answers could not be tested" />
      {!isRunning && verification && told(verification)}
      {canTest && (
        <button
          type="button"
          title="Switch each group of the strongest sequences off in the model, beside 19 controls"
          // Not disabled while it runs: the keyboard would lose its place.
          aria-disabled={isRunning}
          data-testid="verify"
          onClick={() => !isRunning && start(() => verify(record.id, { group_by: groupBy }))}
        >
          {verification ? "Test again" : "Test the first answers"}
        </button>
      )}
      {!isRunning && verification === null && seconds && <span className="muted">{seconds}</span>}
    </div>
  );
}

function told({ groups, created_at: when }: Verification) {
  const holding = groups.filter(({ verdict }) => verdict === "holds").length;
  return (
    <span title={`Tested ${moment(when)}`}>
      {holding} of {counted(groups.length, "group")} {holding === 1 ? "holds" : "hold"} in the model
    </span>
  );
}
