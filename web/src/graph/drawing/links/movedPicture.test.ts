import { describe, expect, it } from "vitest";
import { IDENTITY, View } from "../place/view";
import { MovedPicture } from "./movedPicture";

const frame = { width: 600, height: 400 };
const drawnAt = (view: View) => {
  const canvas = { hidden: false, style: { transform: "" } };
  const picture = new MovedPicture(canvas as unknown as HTMLCanvasElement);
  picture.drawn(view);
  return { canvas, picture };
};

describe("a moved picture", () => {
  it("is stretched so that each of its places lies where the view has it", () => {
    const [before, after] = [new View(2, 4, -300, -250), new View(3, 5, -420, -100)];
    const { canvas, picture } = drawnAt(before);
    picture.follow(after);
    const [kx, , , ky, x, y] = (canvas.style.transform.match(/-?[\d.]+/g) ?? []).map(Number) as [number, number, number, number, number, number];
    expect(before.applyX(200) * kx + x).toBeCloseTo(after.applyX(200));
    expect(before.applyY(90) * ky + y).toBeCloseTo(after.applyY(90));
  });
  it("is left alone at the view for which it was drawn", () => {
    const { canvas, picture } = drawnAt(new View(2, 4, -300, -250));
    picture.follow(new View(3, 4, -300, -250));
    picture.follow(new View(2, 4, -300, -250));
    expect(canvas.style.transform).toBe("");
  });
  it("covers as much of the frame as is still in it", () => {
    const { picture } = drawnAt(IDENTITY);
    expect(picture.covered(IDENTITY, frame)).toBe(1);
    expect(picture.covered(new View(0.5, 1, 0, 0), frame)).toBeCloseTo(0.5);
    expect(picture.covered(new View(1, 1, 300, -200), frame)).toBeCloseTo(0.25);
    expect(picture.covered(new View(8, 8, -1000, -900), frame)).toBe(1);
    expect(drawnAt(new View(4, 4, -900, -600)).picture.covered(IDENTITY, frame)).toBeCloseTo(1 / 16);
  });
});
