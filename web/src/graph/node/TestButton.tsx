/** A button that puts nodes to the test; none where nothing of them can be tested. */
import type { GraphModel } from "../model/model";
import { testable, type Subject } from "../model/testable";

interface TestButtonProps {
  model: GraphModel;
  /** Each is a change of its own. */
  subjects: readonly Subject[];
  /** What the button says; "Test" where nothing else could be meant. */
  label?: string;
  onTest: (subjects: readonly Subject[]) => void;
}

export function TestButton({ model, subjects, label = "Test", onTest }: TestButtonProps) {
  const able = testable(model, subjects);
  if (able.length === 0) return null;
  return (
    <button type="button" title="Switch it off or change it: what the graph predicts, and what the model does" data-testid="test" onClick={() => onTest(able)}>
      {label}
    </button>
  );
}
