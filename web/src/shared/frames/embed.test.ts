import { expect, it } from "vitest";
import { embedding, frameOf, unembedded } from "./embed";

it("a page's query and its embedded page's lead to each other", () => {
  expect([embedding(""), embedding("?t=a&sel=b")]).toEqual(["?embed=true", "?t=a&sel=b&embed=true"]);
  for (const search of ["", "?t=a&sel=%3DTexas"]) expect(unembedded(embedding(search))).toBe(search);
  expect(unembedded("?embed=true&t=a&embedded=1")).toBe("?t=a&embedded=1");
});

it("HTML for other pages keeps what a prompt has in it", () => {
  expect(frameOf("http://here/graphs/g?t=a&embed=true", 'Say "<b>"')).toContain(
    'src="http://here/graphs/g?t=a&amp;embed=true" title="Say &quot;&lt;b>&quot;"',
  );
});
