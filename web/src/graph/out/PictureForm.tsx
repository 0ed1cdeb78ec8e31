/** Takes a picture of what stands in the middle of the page. */
import { useState } from "react";
import { saveFile } from "../../shared/saveFile";
import type { Scheme } from "../../shared/theme";
import { pictureName, pictureOf, type PictureFormat, type Stage, type Subject } from "./pictured";
import "./PictureForm.css";

const SCALES = [1, 2, 3, 4] as const;
const SCHEMES: readonly Scheme[] = ["light", "dark"];

interface PictureFormProps {
  subject: Subject;
  stage: () => Stage | null;
}

export function PictureForm({ subject, stage }: PictureFormProps) {
  const [scheme, setScheme] = useState<Scheme>("light");
  const [scale, setScale] = useState<number>(2);
  const [busy, setBusy] = useState<PictureFormat | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const take = async (format: PictureFormat) => {
    const shown = stage();
    if (busy) return;
    setTrouble(shown ? null : "Nothing is drawn here yet.");
    if (!shown) return;
    setBusy(format);
    try {
      saveFile(pictureName(subject.model, format), await pictureOf(shown, subject, { format, scheme, scale }));
    } catch (reason) {
      setTrouble(reason instanceof Error ? reason.message : String(reason));
    } finally {
      setBusy(null);
    }
  };
  return (
    <section className="picture-form" aria-label="A picture of what is drawn">
      <h3>A picture of what is drawn</h3>
      <div className="picture-form-line">
        <button type="button" aria-busy={busy === "svg"} data-testid="picture-svg" onClick={() => void take("svg")}>
          SVG
        </button>
        <button type="button" aria-busy={busy === "png"} data-testid="picture-png" onClick={() => void take("png")}>
          PNG
        </button>
        <label title="Pixels of a PNG for each pixel of the page">
          scale{" "}
          <select className="snug" value={scale} data-testid="picture-scale" onChange={(event) => setScale(Number(event.target.value))}>
            {SCALES.map((each) => (
              <option key={each} value={each}>
                {each}×
              </option>
            ))}
          </select>
        </label>
        <label>
          colours{" "}
          {/* Its options are the two schemes. */}
          <select className="snug" value={scheme} data-testid="picture-scheme" onChange={(event) => setScheme(event.target.value as Scheme)}>
            {SCHEMES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      {trouble && <p role="alert">{trouble}</p>}
    </section>
  );
}
