/** What the colours of a heat map mean: its ramp between two figures. */
import { useMemo } from "react";
import { quantity } from "../../../shared/format";
import { colourOf, type Scale } from "./colours";
import { useRamps } from "./useRamps";
import "./ColourBar.css";

interface ColourBarProps {
  scale: Scale;
  /** What is coloured, with its unit: "attention, share of 1". */
  meaning: string;
  /** Whether some cells are not known. */
  hasUnknown?: boolean;
  /** What is to be said of them. */
  unknown?: string;
  /** What the cells mean that a causal pattern does not have; null: there are none. */
  masked?: string | null;
}

const STOPS = 16;

export function ColourBar({ scale, meaning, hasUnknown = false, unknown = "not known", masked = null }: ColourBarProps) {
  const { sequential, diverging } = useRamps();
  const least = scale.signed ? -scale.most : 0;
  const gradient = useMemo(() => {
    const ramp = scale.signed ? diverging : sequential;
    const stops = Array.from({ length: STOPS + 1 }, (_, at) => colourOf(least + ((scale.most - least) * at) / STOPS, scale, ramp) ?? "");
    return `linear-gradient(to right, ${stops.join(", ")})`;
  }, [scale, least, sequential, diverging]);
  return (
    <div className="colour-bar" data-testid="colour-bar">
      <span>{quantity(least)}</span>
      <span className="colour-bar-ramp" style={{ background: gradient }} />
      <span>{quantity(scale.most)}</span>
      <span className="colour-bar-meaning">{meaning}</span>
      {masked !== null && (
        <span className="colour-bar-other">
          <span className="colour-bar-masked" /> {masked}
        </span>
      )}
      {hasUnknown && (
        <span className="colour-bar-other">
          <span className="colour-bar-unknown" /> {unknown}
        </span>
      )}
    </div>
  );
}
