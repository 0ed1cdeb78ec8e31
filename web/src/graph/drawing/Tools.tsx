/** The buttons over the drawing, beside those that zoom: box, search, full screen, help. */
import { Icon, type IconName } from "../../shared/Icon";
import type { FullScreen } from "../../shared/hooks/useFullScreen";
import "./Tools.css";

interface ToolsProps {
  /** Whether every drag draws a box. */
  boxes: boolean;
  onBoxes: (boxes: boolean) => void;
  onSearch: () => void;
  onHelp: () => void;
  /** Null where the browser has none. */
  fullScreen: FullScreen | null;
}

export function Tools({ boxes, onBoxes, onSearch, onHelp, fullScreen }: ToolsProps) {
  return (
    <div className="tools" role="group" aria-label="Tools of the drawing">
      <Tool name="Search" keys="/" icon="search" testId="open-search" onClick={onSearch} />
      <Tool name="Select with a box" keys="Shift and drag" icon="box" testId="box-select" pressed={boxes} onClick={() => onBoxes(!boxes)} />
      {fullScreen && (
        <Tool
          name={fullScreen.isOn ? "Leave the full screen" : "Full screen"}
          keys="f"
          icon={fullScreen.isOn ? "shrink" : "grow"}
          testId="full-screen"
          onClick={fullScreen.toggle}
        />
      )}
      <button type="button" aria-label="Keys and gestures" aria-haspopup="dialog" title="Keys and gestures (?)" data-testid="open-help" onClick={onHelp}>
        ?
      </button>
    </div>
  );
}

interface ToolProps {
  name: string;
  /** What does the same. */
  keys: string;
  icon: IconName;
  testId: string;
  pressed?: boolean;
  onClick: () => void;
}

function Tool({ name, keys, icon, testId, pressed, onClick }: ToolProps) {
  return (
    <button type="button" aria-label={name} aria-pressed={pressed} title={`${name} (${keys})`} data-testid={testId} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
