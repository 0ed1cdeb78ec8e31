/** What restricts the paths of a question, with names, as chips and sentences show it. */
import { counted, featureName } from "../../../shared/format";
import { layerName, nodeName, type GraphModel } from "../../model/model";
import { entriesOf, entryText, type Entry } from "../../names/entries";
import { placeName } from "../../names/places";
import { FILTERS, MIN_LENGTH, NO_FILTERS, type Filter, type PageQuestion, type Sign } from "../question";
import { alternatives, selectorOf, type Selector } from "./selector";

export interface Restriction {
  /** The same for the same restriction of another question. */
  key: string;
  /** "from", "through" or "around"; "" of what is no filter. */
  word: string;
  /** The filter and its selector; null of what is no filter. */
  filter: { filter: Filter; selector: string } | null;
  /** What is named, any of it; none of what is no filter. */
  entries: readonly Entry[];
  /** "through Texas L20 is", "2 to 4 links". */
  text: string;
  /** "through Texas, layer 20, position 7". */
  title: string;
  /** What takes it away. */
  without: Partial<PageQuestion>;
}

export const WORDS: Record<Filter, string> = { source: "from", through: "through", avoid: "around" };

export const SIGNS: Record<Sign, { text: string; title: string }> = {
  "all-positive": { text: "all links excite", title: "Every link of a path has a positive weight" },
  positive: { text: "paths that excite", title: "The product of the weights along a path is positive" },
  negative: { text: "paths that inhibit", title: "The product of the weights along a path is negative" },
};

const plain = (text: string, note: string | null = null): Entry => ({ name: { text, isToken: false }, note, place: null });

/** The first node of a feature; -1: the graph does not have it. */
const firstOf = ({ nodes }: GraphModel, { layer, index, site }: Extract<Selector, { form: "feature" }>): number =>
  nodes.kind.findIndex((kind, node) => kind === "feature" && nodes.layer[node] === layer && nodes.index[node] === index && nodes.site[node] === site);

/** What a selector names, as an entry of a list. `first`: one of its nodes, where it is known. */
export function entryOfSelector(model: GraphModel, filter: Filter, selector: Selector, first?: number): Entry {
  switch (selector.form) {
    case "node":
      return entriesOf(model, [selector.node])[0] ?? plain("");
    case "label":
      return plain(selector.name);
    case "token":
      return { name: { text: model.writeToken(selector.name), isToken: true }, note: null, place: null };
    case "supernode":
    case "group":
      return plain(selector.name, selector.form);
    case "layer":
      return plain(`layer ${selector.number}`);
    case "position": {
      const place = placeName(model, selector.number);
      return filter === "source" ? { name: { text: place, isToken: true }, note: null, place: null } : { ...plain("features at"), place };
    }
    case "feature": {
      const name = featureName(selector.layer, selector.index, selector.site);
      const label = model.nodes.label[first ?? firstOf(model, selector)];
      return label ? plain(label, name) : plain(name, "at any token");
    }
  }
}

/** The filters in force, and all else that leaves paths out, in the order in which they are read. */
export function restrictionsOf(model: GraphModel, question: PageQuestion): Restriction[] {
  const { sign, minLength, maxLength, unpruned, hideBos } = question;
  const filters = FILTERS.flatMap((filter) =>
    question[filter].flatMap((text) => {
      const named = alternatives(text).flatMap((one) => selectorOf(model, one) ?? []);
      return named.length === 0 ? [] : [{ filter, text, named }];
    }),
  );
  // Nodes of all filters are told apart from each other.
  const nodes = filters.flatMap(({ named }) => named.flatMap((one) => (one.form === "node" ? [one.node] : [])));
  const ofNodes = new Map(entriesOf(model, nodes).map((entry, at) => [nodes[at], entry]));
  const found = filters.map(({ filter, text, named }): Restriction => {
    const word = WORDS[filter];
    const entries = named.map((one) => (one.form === "node" ? ofNodes.get(one.node) : undefined) ?? entryOfSelector(model, filter, one));
    const titles = named.map((one, at) => {
      if (one.form !== "node") return entryText(entries[at] ?? plain(""));
      return `${nodeName(model, one.node).text}, ${layerName(model, one.node)}, position ${model.nodes.position[one.node] ?? 0}`;
    });
    return {
      key: `${filter} ${text}`,
      word,
      filter: { filter, selector: text },
      entries,
      text: `${word} ${entries.map(entryText).join(" or ")}`,
      title: `${word} ${titles.join(", or ")}`,
      without: { [filter]: question[filter].filter((each) => each !== text) },
    };
  });
  const other = (key: string, text: string, title: string, without: Partial<PageQuestion>): Restriction => ({
    ...{ key, text, title, without },
    ...{ word: "", filter: null, entries: [] },
  });
  if (sign !== null) found.push(other("sign", SIGNS[sign].text, SIGNS[sign].title, { sign: null }));
  if (minLength !== MIN_LENGTH || maxLength !== null) {
    const { minLength: least, maxLength: most } = NO_FILTERS;
    found.push(other("length", lengthText(question), "The links of a path", { minLength: least, maxLength: most }));
  }
  if (hideBos) {
    const bos = placeName(model, 0);
    found.push(other("bos", `not from ${bos}`, "Paths that begin at the token before the text are left out", { hideBos: false }));
  }
  if (unpruned) found.push(other("unpruned", "whole trace", "Ranked over all that the graph was pruned from, which takes seconds", { unpruned: false }));
  return found;
}

/** "2 to 4 links", "at least 1 link", "3 links". */
export function lengthText({ minLength, maxLength }: Pick<PageQuestion, "minLength" | "maxLength">): string {
  if (maxLength === null) return `at least ${counted(minLength, "link")}`;
  return minLength === maxLength ? counted(minLength, "link") : `${minLength} to ${counted(maxLength, "link")}`;
}

/** What restricts the paths, as a part of a sentence: " from Dallas, through Texas L20 is (2 links)"; "" where nothing does. */
export function conditionsText(restrictions: readonly Restriction[]): string {
  const filters = restrictions.filter(({ filter }) => filter !== null).map(({ text }) => text);
  const others = restrictions.filter(({ filter }) => filter === null).map(({ text }) => text);
  return [filters.join(", "), others.length > 0 ? `(${others.join(", ")})` : ""].map((part) => part && ` ${part}`).join("");
}
