/** Buttons of which one is chosen. */

interface SegmentedProps<Value extends string> {
  name: string;
  value: Value;
  options: readonly { value: Value; text: string; title?: string; isAbsent?: boolean }[];
  onChoose: (value: Value) => void;
}

export function Segmented<Value extends string>({ name, value, options, onChoose }: SegmentedProps<Value>) {
  return (
    <span className="segmented" role="group" aria-label={name}>
      {options.map(({ value: each, text, title, isAbsent = false }) => (
        <button key={each} type="button" aria-pressed={each === value} title={title} disabled={isAbsent} onClick={() => onChoose(each)}>
          {text}
        </button>
      ))}
    </span>
  );
}
