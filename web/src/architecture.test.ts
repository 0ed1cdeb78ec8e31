/** The page's rooms: which may import which, no circle between files, and the shape of a room. */
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** Every room and the rooms that it may import. `.` is the entry; only tests import `testing`. */
const ROOMS: Record<string, readonly string[]> = {
  ".": ["api", "ask", "collection", "compare", "features", "find", "graph", "graph/drawing", "graph/model", "graph/picture", "home", "imports", "runs", "shared"],
  api: [],
  shared: ["api"],
  home: ["api", "imports", "prompt", "runs", "shared", "walk"],
  imports: ["api", "shared"],
  prompt: ["api", "shared"],
  runs: ["api", "prompt", "shared"],
  compare: ["api", "shared"],
  ask: ["api", "shared"],
  features: ["api", "shared", "feature", "feature/annotation"],
  find: ["api", "shared"],
  feature: ["api", "shared", "feature/annotation"],
  "feature/annotation": ["api", "shared"],
  collection: ["api", "shared"],
  walk: ["api", "shared"],
  graph: [
    "api",
    "shared",
    "feature",
    "feature/annotation",
    "graph/answer",
    "graph/budget",
    "graph/circuit",
    "graph/drawing",
    "graph/embed",
    "graph/facts",
    "graph/internals",
    "graph/interventions",
    "graph/linked",
    "graph/model",
    "graph/names",
    "graph/node",
    "graph/out",
    "graph/picture",
    "graph/prune",
    "graph/question",
    "graph/selection",
    "graph/search",
    "graph/strip",
    "graph/work",
    "walk",
  ],
  "graph/selection": ["api", "shared", "graph/model", "graph/names", "graph/node", "graph/question", "graph/work"],
  "graph/model": ["api", "shared"],
  "graph/work": ["api", "shared", "feature", "graph/model"],
  "graph/circuit": ["api", "shared", "graph/model", "graph/names", "graph/question", "graph/work"],
  "graph/budget": ["api", "shared", "graph/model", "graph/names", "graph/node"],
  "graph/drawing": ["api", "shared", "graph/model"],
  "graph/picture": ["api", "shared", "graph/drawing", "graph/model"],
  "graph/embed": ["graph/picture"],
  "graph/out": ["api", "shared", "graph/drawing", "graph/model", "graph/picture", "graph/work"],
  "graph/linked": ["api", "shared", "graph/model"],
  "graph/names": ["api", "shared", "graph/model"],
  "graph/search": ["api", "shared", "graph/model", "graph/names"],
  "graph/strip": ["api", "shared", "graph/model", "graph/names"],
  "graph/question": ["api", "shared", "graph/model", "graph/names"],
  "graph/node": [
    "api",
    "shared",
    "feature",
    "feature/annotation",
    "graph/model",
    "graph/names",
    "graph/question",
    "graph/work",
  ],
  "graph/interventions": ["api", "shared", "graph/model", "graph/names", "graph/node", "graph/question"],
  "graph/internals": ["api", "shared", "graph/model", "graph/names", "graph/node"],
  "graph/answer": ["api", "shared", "graph/interventions", "graph/model", "graph/names", "graph/node", "graph/question"],
  "graph/prune": ["api", "shared", "graph/model"],
  "graph/facts": ["api", "shared", "feature/annotation", "graph/model"],
  testing: ["api", "graph/model", "graph/question"],
};

/** What other programs take of the page: the drawing, with its colours and its styles. */
const PACKAGE = "drawing.ts";

/** A newcomer takes in about a dozen modules of a folder at a glance. */
const MOST_MODULES = 12;

const sources = byPath(import.meta.glob<string>("./**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }));
const stylesheets = byPath(import.meta.glob<string>("./**/*.css", { query: "?raw", import: "default", eager: true }));

function byPath(files: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(files).map(([path, text]) => [path.slice(2), text]));
}

const folderOf = (path: string): string => path.split("/").slice(0, -1).join("/") || ".";
const nameOf = (path: string): string => path.split("/").at(-1) ?? "";
const isTest = (path: string): boolean => path.endsWith(".test.ts");
const isModule = (path: string): boolean => !isTest(path) && !path.endsWith(".gen.ts");

/** The room of a file: the nearest folder above it that the table names, or else its own folder. */
function roomOf(path: string): string {
  let folder = folderOf(path);
  while (!(folder in ROOMS) && folder.includes("/")) folder = folderOf(folder);
  return folder;
}

/** The files of the page that a file imports. */
function importsOf(path: string, text: string): string[] {
  const workers = [...text.matchAll(/new URL\("([^"]+)", import\.meta\.url\)/g)].map((found) => found[1] ?? "");
  const imported = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  return [...imported, ...workers]
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => {
      const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
      const found = ["", ".ts", ".tsx"].map((end) => target + end).find((each) => sources.has(each) || stylesheets.has(each));
      if (found === undefined) throw new Error(`${path} imports ${specifier}, which is not a file of the page.`);
      return found;
    });
}

const imports = new Map([...sources].map(([path, text]) => [path, importsOf(path, text)]));

/** A circle of arrows, "a -> b -> a", or null. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string | null {
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): string | null => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path].join(" -> ");
    if (done.has(path)) return null;
    for (const next of graph.get(path) ?? []) {
      const found = visit(next, [...above, path]);
      if (found) return found;
    }
    done.add(path);
    return null;
  };
  for (const path of graph.keys()) {
    const found = visit(path, []);
    if (found) return found;
  }
  return null;
}

describe("rooms", () => {
  it("are all in the table", () => {
    expect([...new Set([...sources.keys(), ...stylesheets.keys()].map(roomOf))].sort()).toEqual(Object.keys(ROOMS).sort());
  });
  it("import only the rooms that the table allows", () => {
    const strays = [...imports].flatMap(([path, targets]) => {
      const allowed = [roomOf(path), ...(ROOMS[roomOf(path)] ?? []), ...(isTest(path) ? ["testing"] : [])];
      return targets.filter((target) => !allowed.includes(roomOf(target))).map((target) => `${path} -> ${target}`);
    });
    expect(strays).toEqual([]);
  });
  it("have no circle between them, nor between files", () => {
    expect([circle(new Map(Object.entries(ROOMS))), circle(imports)]).toEqual([null, null]);
    expect(circle(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]))).toBe("b -> c -> b");
  });
  it("say what they are, in the head comment of one file", () => {
    const heads = [...sources.values()].map((text) => /^\/\*\*\s+(?:\* )?(\S+?)\/: /.exec(text)?.[1]);
    expect(heads.filter(Boolean).sort()).toEqual(Object.keys(ROOMS).filter((room) => room !== ".").sort());
  });
  it("hold no more than about a dozen modules in one folder", () => {
    const sizes = new Map<string, number>();
    for (const path of sources.keys()) {
      if (isModule(path)) sizes.set(folderOf(path), (sizes.get(folderOf(path)) ?? 0) + 1);
    }
    expect([...sizes].filter(([, size]) => size > MOST_MODULES)).toEqual([]);
  });
});

describe("the drawing as a package", () => {
  it("stands without the page: what its entry reaches is the drawing, its model and pictures, and words", () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const next of imports.get(path) ?? []) visit(next);
    };
    visit(PACKAGE);
    const rooms = [...reached].filter((path) => sources.has(path)).map(roomOf);
    expect([...new Set(rooms)].sort()).toEqual([".", "api", "graph/drawing", "graph/model", "graph/picture", "shared"]);
    expect([...reached].filter((path) => path.endsWith(".tsx") || (path.startsWith("api/") && path !== "api/types.ts" && !path.endsWith(".gen.ts")))).toEqual([]);
    expect([...reached].filter((path) => sources.get(path)?.includes('from "react'))).toEqual([]);
  });
});

describe("stylesheets", () => {
  const SHARED = ["shared/colours.css", "shared/theme.css", "shared/primitives.css"];

  /** The selectors of a stylesheet, one by one. */
  const selectorsOf = (css: string): string[] =>
    [...css.replace(/\/\*.*?\*\//gs, "").matchAll(/([^{}]+)\{/g)]
      .map((found) => (found[1] ?? "").trim())
      .filter((selectors) => !selectors.startsWith("@"))
      .flatMap((selectors) => selectors.split(/,(?![^(]*\))/).map((each) => each.trim()));

  it("stand beside the panel that imports them", () => {
    for (const path of stylesheets.keys()) {
      const importers = [...imports].filter(([, targets]) => targets.includes(path)).map(([importer]) => importer).filter((importer) => importer !== PACKAGE);
      expect(importers).toEqual([SHARED.includes(path) ? "main.tsx" : path.replace(/css$/, "tsx")]);
    }
  });
  it("of a panel style only classes prefixed by its name: `.path-row`, `.path-row-line`", () => {
    const strays = [...stylesheets].flatMap(([path, css]) => {
      if (SHARED.includes(path)) return [];
      const prefix = nameOf(path).replace(/\.css$/, "").replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase();
      const own = new RegExp(`^\\.${prefix}(?![a-z])`);
      const selectors = selectorsOf(css);
      if (selectors.length === 0) return [`${path} styles nothing`];
      return selectors.filter((selector) => !own.test(selector)).map((selector) => `${path}: ${selector}`);
    });
    expect(strays).toEqual([]);
  });
  it("of two panels begin no selector with the same class: rooms come in any order, and the later would win", () => {
    const of = new Map<string, Set<string>>();
    for (const [path, css] of stylesheets) {
      if (SHARED.includes(path)) continue;
      for (const selector of selectorsOf(css)) {
        const first = /^\.[\w-]+/.exec(selector)?.[0] ?? "";
        of.set(first, (of.get(first) ?? new Set()).add(path));
      }
    }
    expect([...of].filter(([, paths]) => paths.size > 1).map(([first, paths]) => `${first}: ${[...paths].join(", ")}`)).toEqual([]);
  });
});
