import { describe, expect, it } from "vitest";
import { escaped, SvgSurface } from "./svg";

/** Every letter six pixels wide, every baseline four below the middle. */
const surface = () => new SvgSurface((text) => ({ width: 6 * text.length, drop: 4 }));

describe("SvgSurface", () => {
  it("writes paths with their colours, widths and dashes", () => {
    const svg = surface();
    svg.beginPath();
    svg.moveTo(1, 2.345);
    svg.bezierCurveTo(1, 5, 9, 5, 9, 8);
    svg.strokeStyle = "rgb(1, 2, 3)";
    svg.lineWidth = 1.5;
    svg.lineCap = "round";
    svg.globalAlpha = 0.5;
    svg.setLineDash([5, 3.5]);
    svg.stroke();
    expect(svg.markup).toBe(
      '<path d="M1 2.35C1 5 9 5 9 8" fill="none" stroke="rgb(1, 2, 3)" stroke-width="1.5" stroke-linecap="round" stroke-dasharray="5 3.5" opacity="0.5"/>',
    );
  });
  it("writes circles, boxes and triangles as shapes that close", () => {
    const svg = surface();
    svg.fillStyle = "#fff";
    svg.beginPath();
    svg.moveTo(8, 5);
    svg.arc(5, 5, 3, 0, 2 * Math.PI);
    svg.rect(0, 0, 2, 4);
    svg.moveTo(0, 0);
    svg.lineTo(1, 1);
    svg.closePath();
    svg.fill();
    expect(svg.markup).toBe('<path d="M8 5M8 5A3 3 0 1 1 2 5A3 3 0 1 1 8 5ZM0 0h2v4h-2ZM0 0L1 1Z" fill="#fff"/>');
    expect(() => svg.arc(0, 0, 1, 0, Math.PI)).toThrow("whole circles");
  });
  it("keeps text as text, on its baseline, in its font", () => {
    const svg = surface();
    svg.font = 'italic 600 11.5px system-ui, "Segoe UI", sans-serif';
    svg.textAlign = "right";
    svg.textBaseline = "middle";
    svg.fillText('<a> & "b"', 10, 20);
    expect(svg.markup).toBe(
      '<text x="10" y="24" text-anchor="end" font-family="system-ui, &#34;Segoe UI&#34;, sans-serif" font-size="11.5" font-style="italic" font-weight="600" fill="#000">&#60;a&#62; &#38; &#34;b&#34;</text>',
    );
    expect(svg.measureText("four").width).toBe(24);
  });
  it("moves and turns until it is restored", () => {
    const svg = surface();
    svg.save();
    svg.translate(10, 20);
    svg.rotate(-Math.PI / 4);
    svg.fillStyle = "#f00";
    svg.fillText("slanted", 0, 0);
    svg.restore();
    svg.fillRect(0, 0, 5, 5);
    expect(svg.markup).toContain('transform="translate(10 20)rotate(-45)"');
    expect(svg.markup.split("\n")[1]).toBe('<rect x="0" y="0" width="5" height="5" fill="#000"/>');
  });
  it("refuses what an SVG would show otherwise", () => {
    const svg = surface();
    svg.fillStyle = {} as CanvasGradient;
    expect(() => svg.fillRect(0, 0, 1, 1)).toThrow("plain colours");
  });
});

it("text for XML has no marks of it and no control characters", () => {
  expect(escaped("a\u0000\u001b<\tb")).toBe("a&#60;\tb");
});
