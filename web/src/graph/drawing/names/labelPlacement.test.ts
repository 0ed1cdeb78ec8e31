import { describe, expect, it } from "vitest";
import { movedTo, placeLabels, type Candidate, type Mark } from "./labelPlacement";

const bounds = { left: 0, top: 0, right: 400, bottom: 300 };
const at = (x: number, y: number, lit = false): Candidate => ({ x, y, r: 4, width: 60, height: 16, lit });
const mark = ({ x, y, r, lit }: Candidate): Mark => ({ x, y, r, lit });

describe("placeLabels", () => {
  it("prefers the right side of a mark", () => {
    const [placed] = placeLabels([at(100, 100)], [mark(at(100, 100))], bounds);
    expect(placed?.left).toBeCloseTo(107);
    expect(placed?.top).toBeCloseTo(92);
  });
  it("takes the left side at the right edge", () => {
    const [placed] = placeLabels([at(380, 100)], [], bounds);
    expect(placed?.left).toBeCloseTo(313);
  });
  it("never lays two names over each other, the first having the choice", () => {
    const candidates = Array.from({ length: 60 }, (_, each) => at(150 + (each % 10) * 9, 100 + Math.floor(each / 10) * 9, true));
    const placed = placeLabels(candidates, [], bounds);
    expect(placed[0]?.candidate).toBe(candidates[0]);
    for (const a of placed) {
      for (const b of placed) {
        if (a === b) continue;
        const apart = a.left + 60 <= b.left || b.left + 60 <= a.left || a.top + 16 <= b.top || b.top + 16 <= a.top;
        expect(apart).toBe(true);
      }
    }
  });
  it("leaves out a name that would cover a mark, unless it is of something lit", () => {
    const crowd: Mark[] = [];
    for (let x = 0; x <= 400; x += 10) for (let y = 0; y <= 300; y += 10) crowd.push({ x, y, r: 3, lit: false });
    expect(placeLabels([at(200, 150)], crowd, bounds)).toHaveLength(0);
    expect(placeLabels([at(200, 150, true)], crowd, bounds)).toHaveLength(1);
    expect(placeLabels([at(200, 150, true)], crowd.map((each) => ({ ...each, lit: true })), bounds)).toHaveLength(0);
  });
  it("prefers a place where the name cannot be another mark's", () => {
    const [placed] = placeLabels([at(100, 100)], [mark(at(100, 100)), mark(at(175, 100))], bounds);
    expect([placed?.left, placed?.leader]).toEqual([33, null]);
  });
  it("stands off with a line to its mark where it could be another's everywhere else", () => {
    const row = Array.from({ length: 30 }, (_, each) => mark(at(10 + each * 12, 100)));
    const [placed] = placeLabels([at(190, 100)], row, bounds);
    expect(placed?.leader).toEqual({ from: { x: 190, y: 96 }, to: { x: 190, y: 83 } });
    expect([placed?.left, placed?.top]).toEqual([160, 67]);
  });
  it("moves along with its mark, again and again", () => {
    const row = Array.from({ length: 30 }, (_, each) => mark(at(10 + each * 12, 100)));
    const [placed] = placeLabels([at(190, 100)], row, bounds);
    if (!placed) throw new Error("no place");
    const moved = movedTo(movedTo(placed, { x: 200, y: 90 }), { x: 210, y: 95 });
    expect([moved.left, moved.top]).toEqual([180, 62]);
    expect(moved.leader).toEqual({ from: { x: 210, y: 91 }, to: { x: 210, y: 78 } });
  });
  it("stands unclear rather than nowhere", () => {
    const rows = [70, 100, 130].flatMap((y) => Array.from({ length: 33 }, (_, each) => mark(at(10 + each * 12, y))));
    const [placed] = placeLabels([{ ...at(190, 100), height: 14 }], rows, { left: 150, right: 230, top: 75, bottom: 125 });
    expect(placed?.leader).toBeNull();
    expect(placed?.top).toBe(79);
  });
  it("leaves out a name that only stands beside its mark, where there is no room", () => {
    const wall: Mark[] = [70, 130].map((x) => ({ x, y: 100, r: 4, lit: true }));
    expect(placeLabels([at(100, 100)], wall, bounds)).toHaveLength(1);
    expect(placeLabels([{ ...at(100, 100), beside: true }], wall, bounds)).toHaveLength(0);
  });
  it("stays in bounds and under the limit", () => {
    expect(placeLabels([at(-200, 100)], [], bounds)).toHaveLength(0);
    expect(placeLabels([at(50, 50), at(50, 150), at(50, 250)], [], bounds, 2)).toHaveLength(2);
  });
});
