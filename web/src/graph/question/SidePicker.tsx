/** Which lists there are: what raises the target, what lowers it, or both of them. */
import type { PageQuestion, Side } from "./question";

interface SidePickerProps {
  value: Side | null;
  grouped: boolean;
  onChange: (change: Partial<PageQuestion>) => void;
}

const SIDES: { side: Side | null; name: string; single: string; groups: string }[] = [
  { side: null, name: "Both", single: "Paths that raise the target, and paths that lower it", groups: "Groups that raise the target, and groups that lower it" },
  {
    side: "raises",
    name: "Raising",
    single: "Paths that raise the target",
    groups: "Groups that raise the target on balance, by how much more raises than lowers it",
  },
  {
    side: "lowers",
    name: "Lowering",
    single: "Paths that lower the target",
    groups: "Groups that lower the target on balance, by how much more lowers than raises it",
  },
];

export function SidePicker({ value, grouped, onChange }: SidePickerProps) {
  return (
    <div className="segmented" role="group" aria-label="Effect on the target">
      {SIDES.map(({ side, name, single, groups }) => (
        <button
          key={name}
          type="button"
          aria-pressed={value === side}
          title={grouped ? groups : single}
          data-testid={`side-${side ?? "both"}`}
          onClick={() => onChange({ side })}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
