/** Whether a graph is among those that something is done to together. */
import "./Choice.css";

interface ChoiceProps {
  /** The graph's prompt. */
  name: string;
  isChosen: boolean;
  isDisabled?: boolean;
  onChoose: () => void;
}

export function Choice({ name, isChosen, isDisabled = false, onChoose }: ChoiceProps) {
  return (
    <label className="choice-box">
      <input type="checkbox" checked={isChosen} disabled={isDisabled} aria-label={`Choose “${name}”`} data-testid="choose" onChange={onChoose} />
    </label>
  );
}
