/** Which lists there are: what raises the target, what lowers it, or both of them. */
import type { PageQuestion, Side } from "./question";

interface SidePickerProps {
  /** What is listed alone; null: both. */
  value: Side | null;
  grouped: boolean;
  onChange: (change: Partial<PageQuestion>) => void;
}

const SIDES: { side: Side | null; name: string; sign: string; single: string; groups: string }[] = [
  { side: null, name: "Both", sign: "±", single: "Paths that raise the target, and paths that lower it", groups: "Groups that raise the target, and groups that lower it" },
  {
    side: "raises",
    name: "Raising",
    sign: "+",
    single: "Paths that raise the target",
    groups: "Groups that raise the target on balance, by how much more raises than lowers it",
  },
  {
    side: "lowers",
    name: "Lowering",
    sign: "−",
    single: "Paths that lower the target",
    groups: "Groups that lower the target on balance, by how much more lowers than raises it",
  },
];

export function SidePicker({ value, grouped, onChange }: SidePickerProps) {
  return (
    <div className="segmented" role="group" aria-label="Effect on the target">
      {SIDES.map(({ side, name, sign, single, groups }) => (
        <button
          key={name}
          type="button"
          aria-pressed={value === side}
          aria-label={`${sign} ${name}`}
          title={grouped ? groups : single}
          data-testid={`side-${side ?? "both"}`}
          onClick={() => onChange({ side })}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}
