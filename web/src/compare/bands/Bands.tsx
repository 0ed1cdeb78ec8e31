/** Three bands beside each other, or under each other where the window is narrow: only A, both, only B. */
import type { ReactNode } from "react";
import { Badge } from "../Badge";
import type { Where } from "./rows";
import "./Bands.css";

interface BandsProps {
  /** What the rows are: "Answers". */
  title: string;
  testId: string;
  /** Under the title. */
  about?: ReactNode;
  /** What stands beside each band's name: how many rows, what they carry. */
  sums: Record<Where, ReactNode>;
  bands: Record<Where, ReactNode>;
  children?: ReactNode;
}

const NAMES: Record<Where, string> = { a: "Only A", both: "Both", b: "Only B" };
/** In a narrow window what both have comes first. */
const ORDER = ["a", "both", "b"] as const;

export function Bands({ title, testId, about, sums, bands, children }: BandsProps) {
  return (
    <section className="bands" aria-label={title} data-testid={testId}>
      <div className="bands-head">
        <h2>{title}</h2>
        {about !== undefined && <p className="muted">{about}</p>}
      </div>
      {children}
      <div className="bands-row">
        {ORDER.map((where) => (
          <section key={where} className={`bands-band is-${where}`} aria-label={`${title}: ${NAMES[where]}`} data-testid={`${testId}-${where}`}>
            <h3>
              <Badge side={where} />
              {NAMES[where]}
              <span className="figure">{sums[where]}</span>
            </h3>
            {bands[where]}
          </section>
        ))}
      </div>
    </section>
  );
}
