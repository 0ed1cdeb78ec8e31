/** The five steps of the walk: what each says, where it points, and when its reader has done it. */

/** What the page of the graph shows, as far as the walk looks at it. Two of one text are the same. */
export interface Seen {
  /** The question that is asked. */
  question: string;
  /** The lit row of the answer; null: none is. */
  row: string | null;
  /** The selected feature; null: it is none, or something else. */
  feature: string | null;
  /** How much is drawn. */
  drawn: string;
  /** What is pinned and grouped, which View is open, and the test that is set up or shown. */
  work: string;
}

export interface Step {
  title: string;
  text: string;
  /** What is said once it is done. */
  done: string;
  /** The part of the page that it points at. */
  at: string;
  /** What holds that part, where it can be out of sight: folded away, or behind another tab. */
  behind: { control: string; text: string };
  isDone: (entered: Seen, now: Seen) => boolean;
}

const ANSWERS = { control: "[data-testid=fold-left]", text: "The answers are folded away. This unfolds them." };
const DRAWING = { control: "[data-testid=tabs]", text: "The drawing is behind another tab. “Graph” shows it." };

export const STEPS: readonly Step[] = [
  {
    title: "A question, and its answers",
    text: "The page asks why the model predicts this token. The rows are the answers, the strongest first: ways from a token of the prompt through groups of features, some for the prediction, some against it. Above them you can ask about another prediction.",
    done: "That is another question, with answers of its own.",
    at: "[data-testid=paths]",
    behind: ANSWERS,
    isDone: (entered, now) => entered.question !== now.question,
  },
  {
    title: "A row lights its path",
    text: "Press a row. Its paths light up in the drawing, from the token at the bottom to the prediction at the top.",
    done: "Lit in the drawing; on the right are the paths that the row stands for.",
    at: "[data-testid=path-row]",
    behind: ANSWERS,
    isDone: (entered, now) => now.row !== null && now.row !== entered.row,
  },
  {
    title: "What a feature is",
    text: "Press a dot in the drawing, or a feature among the details. The details then tell what it fires on, which tokens it raises, and who named it so. By keyboard: arrows walk the drawing, Enter selects.",
    done: "The details tell what it fires on, what it raises, and where its links go.",
    at: "[data-testid=drawing]",
    behind: DRAWING,
    isDone: (entered, now) => now.feature !== null && now.feature !== entered.feature,
  },
  {
    title: "Less ink",
    text: "Move the slider to the left: only the nodes that hold this much of the flow to the prediction are drawn. The answers stay as they are.",
    done: "What is not drawn is counted beside it, and can be looked at there.",
    at: "[data-testid=budget]",
    behind: DRAWING,
    isDone: (entered, now) => now.drawn !== entered.drawn,
  },
  {
    title: "Keep it, or test it",
    text: "With something selected: Pin keeps it, Group makes one thing of several, and Save keeps both as a View that a link opens. In the details, “Test” switches a feature off in the model, to see whether the prediction changes.",
    done: "It is in the address, too: a link to this page shows it.",
    at: "[data-testid=tray]",
    behind: { control: "[data-testid=tray]", text: "" },
    isDone: (entered, now) => now.work !== entered.work,
  },
];

export const N_STEPS = STEPS.length;
