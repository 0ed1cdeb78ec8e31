/** Figures with their signs: a mark beside, a bar below. */
import type { ReactNode } from "react";
import "./Signed.css";

const signOf = (value: number): string => (value < 0 ? "inhibits" : "excites");

/** A figure after a mark of its sign. */
export const Signed = ({ value, children }: { value: number; children: ReactNode }) => (
  <span className="signed">
    <span className={`swatch ${signOf(value)}`} aria-hidden="true" />
    {children}
  </span>
);

/** As long as |value| is of the `largest`. */
export const SignedBar = ({ value, largest }: { value: number; largest: number }) => (
  <span className={`bar signed-bar ${signOf(value)}`} aria-hidden="true">
    <span style={{ width: `${largest > 0 ? Math.min(100, (Math.abs(value) / largest) * 100) : 0}%` }} />
  </span>
);
