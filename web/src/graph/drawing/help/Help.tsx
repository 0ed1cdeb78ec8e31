/** The keys and gestures of the page, behind a "?". */
import { Fragment, type ReactNode, type RefObject } from "react";
import { Dialog } from "../../../shared/dialog/Dialog";
import "./Help.css";

type Line = [keys: readonly string[], does: ReactNode];

const PARTS: readonly { title: string; lines: readonly Line[] }[] = [
  {
    title: "In the drawing, by keyboard",
    lines: [
      [["↓"], "to the strongest input"],
      [["↑"], "to what the node leads on to most"],
      [["←", "→"], "along the layer: the nodes of a cell, then the next token’s"],
      [["Alt ↑", "Alt ↓"], "to the next layer at the same token"],
      [["Home"], "to the target"],
      [["Enter"], "select the node; once more: to its details"],
      [["Shift Enter"], "add the node to the selection"],
      [["Esc"], "clear the selection; from the details, back to where you were"],
    ],
  },
  {
    title: "In the drawing, by pointer",
    lines: [
      [["point at a node"], "its strongest links, its neighbours in their colours, and the node in every list"],
      [["click"], "select the node; beside all nodes: clear"],
      [["Shift click"], "add the node to the selection, or take it out"],
      [["Shift drag"], "add all nodes in a box; the box button makes every drag do so"],
      [["wheel", "two fingers"], "zoom where the pointer is; over the tokens or the layers at the edge, these alone, and so does dragging there"],
      [["Shift wheel"], "scroll sideways"],
      [["drag"], "move the drawing"],
      [["double click"], "zoom back; at an edge, what it shows alone"],
      [["Shift + button", "Alt + button"], "zoom the tokens alone, the layers alone"],
    ],
  },
  {
    title: "In the circuit",
    lines: [
      [["↑", "↓"], "to the part that this one gives most to; that it has most from"],
      [["←", "→"], "to the nearest part beside it"],
      [["Alt ↑", "Alt ↓"], "to its strongest link out; in. There, ← and → lead to the next link, ↑ and ↓ to its ends"],
      [["Space"], "select the part; the link"],
      [["Enter", "double click"], "expand a supernode, or close it; select a link"],
      [["drag", "Shift + arrow"], "move a part"],
    ],
  },
  {
    title: "In the tokens and predictions",
    lines: [
      [["click a prediction"], "ask why this one"],
      [["Shift click a prediction"], "ask why the target rather than this one"],
      [["click a token"], "select the token"],
      [["Shift click a token"], "only paths that begin there"],
    ],
  },
  {
    title: "In the circuit",
    lines: [
      [["↑"], "along the strongest link out of the box"],
      [["↓"], "along the strongest link into it"],
      [["←", "→"], "to the box beside it"],
      [["click", "Space"], "select the box; with Shift, add it to the selection"],
      [["double click", "Enter"], "open a supernode, or close it"],
      [["drag", "Shift + arrow"], "move the box"],
    ],
  },
  {
    title: "Anywhere",
    lines: [
      [["/"], "search for tokens, labels, ids, layers, kinds"],
      [["Ctrl K", "⌘K"], "find graphs, features, views, collections, queries, pages"],
      [["p"], "pin the selection, or take it out of the circuit"],
      [["g"], "make a supernode of the selection"],
      [["h"], "hide the selection"],
      [["Ctrl Z", "Ctrl Shift Z"], "undo, redo"],
      [["[", "]"], "fold the answers, the details"],
      [["f"], "the drawing on the full screen"],
      [["?"], "this help"],
    ],
  },
];

export function Help({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  return (
    <Dialog dialog={dialog} title="Keys and gestures" width={1040} testId="help">
      <div className="help-parts">
        {PARTS.map((part) => (
          <section key={part.title}>
            <h3>{part.title}</h3>
            <dl>
              {part.lines.map(([keys, does], at) => (
                <div key={at}>
                  <dt>
                    {keys.map((key) => (
                      <Fragment key={key}>
                        <kbd>{key}</kbd>{" "}
                      </Fragment>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
