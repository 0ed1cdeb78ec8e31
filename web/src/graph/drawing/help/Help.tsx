/** The keys and gestures of the page, behind a "?". */
import { Fragment, useId, type ReactNode, type RefObject } from "react";
import { Icon } from "../../../shared/Icon";
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
      [["wheel"], "zoom; over the tokens or the layers at the edge, these alone, and so does dragging there"],
      [["Shift wheel"], "scroll sideways"],
      [["drag"], "move the drawing"],
      [["double click"], "zoom back; at an edge, what it shows alone"],
      [["Shift + button", "Alt + button"], "zoom the tokens alone, the layers alone"],
    ],
  },
  {
    title: "Zoom",
    lines: [
      [["wheel", "two fingers"], "zoom where the pointer is; over the tokens’ or the layers’ axis, these alone"],
      [["drag"], "move the drawing; along an axis, zoom it"],
      [["Shift wheel"], "scroll along the tokens"],
      [["double click"], "back to where the drawing began"],
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
    title: "Anywhere",
    lines: [
      [["/"], "search for tokens, labels, ids, layers, kinds"],
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
  const title = useId();
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      className="help"
      aria-labelledby={title}
      data-testid="help"
      onClick={(event) => {
        // The content fills the dialog: a click on the dialog itself hit the backdrop.
        if (event.target === event.currentTarget) close();
      }}
    >
      <div className="help-body">
        <div className="detail-head">
          <h2 id={title}>Keys and gestures</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </div>
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
      </div>
    </dialog>
  );
}
