/** A number as a bar: from the left, or from the middle to either side where it has a sign. */
import type { Scale } from "../matrix/colours";
import "./ValueBar.css";

export function ValueBar({ value, scale: { signed, most } }: { value: number; scale: Scale }) {
  const share = most > 0 && Number.isFinite(value) ? Math.min(1, Math.abs(value) / most) : 0;
  const width = `${((signed ? 50 : 100) * share).toFixed(2)}%`;
  const side = signed ? (value < 0 ? { right: "50%" } : { left: "50%" }) : { left: 0 };
  return (
    <span className="value-bar" data-signed={signed ? true : undefined} aria-hidden="true">
      <span className="value-bar-part" data-sign={signed ? Math.sign(value) : undefined} style={{ width, ...side }} />
    </span>
  );
}
