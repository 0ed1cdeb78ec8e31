/** What was tested of a graph: how faithful it is, and past tests, which can be opened and deleted. */
import type { Faithfulness, Intervention, Verification } from "../../../api/types";
import { ago, counted, moment, score } from "../../../shared/format";
import { Icon } from "../../../shared/Icon";
import { Trouble } from "../../../shared/Trouble";
import { isPassing } from "../../../shared/useAnswer";
import { useNow } from "../../../shared/hooks/useNow";
import type { GraphModel } from "../../model/model";
import { parted, viewText, type InView } from "../inView";
import type { Tests } from "../useTests";
import { ViewToggle } from "../ViewToggle";
import { logits, titleOf } from "../words";
import "./GraphTests.css";

interface GraphTestsProps {
  model: GraphModel;
  tests: Tests;
  inView: InView;
  onOpen: (id: string) => void;
  /** Sets up a test that takes all in which another graph differs. */
  onSwap: () => void;
}

export function GraphTests({ model, tests, inView, onOpen, onSwap }: GraphTestsProps) {
  const { interventions, verifications, whyNot, error } = tests;
  const [newest] = verifications;
  const { own, others } = parted(interventions ?? [], inView.tests);
  return (
    <div data-testid="graph-tests">
      <h3>Tests</h3>
      {error && !isPassing(error) && <Trouble error={error} title="Tests" />}
      {whyNot !== null && (
        <p className="muted" data-testid="tests-why-not">
          Tests are predicted here, not run in the model. {whyNot}
        </p>
      )}
      {interventions?.length === 0 && <p className="muted">Select a feature, a path or a group, and choose Test.</p>}
      {own.length > 0 && (
        <>
          <p className="graph-tests-of">In {viewText(inView.name)}</p>
          <TestList model={model} tests={tests} inView={inView} listed={own} onOpen={onOpen} testId="view-tests" />
        </>
      )}
      {others.length > 0 && (
        <>
          {own.length > 0 && <p className="graph-tests-of">Other tests of this graph</p>}
          <TestList model={model} tests={tests} inView={inView} listed={others} onOpen={onOpen} testId="past-tests" />
        </>
      )}
      <p className="graph-tests-swap">
        <button type="button" data-testid="swap" onClick={onSwap}>
          Swap with another graph
        </button>
      </p>
      {newest && <Faithful verification={newest} />}
    </div>
  );
}

interface TestListProps extends Pick<GraphTestsProps, "model" | "tests" | "inView" | "onOpen"> {
  listed: readonly Intervention[];
  testId: string;
}

function TestList({ model, tests: { leaving, remove, keep }, inView, listed, onOpen, testId }: TestListProps) {
  return (
    <ul className="graph-tests-list" data-testid={testId}>
      {listed.map((test) => (
        <li key={test.id} data-testid="past-test" data-test-id={test.id}>
          {leaving.has(test.id) ? (
            <span className="graph-tests-left">
              Deleted.{" "}
              <button type="button" data-testid="undo-delete" autoFocus onClick={() => keep(test.id)}>
                Undo
              </button>
            </span>
          ) : (
            <>
              <PastTest model={model} test={test} onOpen={onOpen} />
              <ViewToggle inView={inView} id={test.id} of={titleOf(model, test.changes)} />
              <button type="button" className="icon-button" aria-label={`Delete the test ${titleOf(model, test.changes)}`} title="Delete it from the graph" data-testid="delete-test" onClick={() => remove(test.id)}>
                <Icon name="bin" />
              </button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function PastTest({ model, test, onOpen }: { model: GraphModel; test: Intervention; onOpen: (id: string) => void }) {
  const now = useNow();
  const { predicted, measured } = test;
  return (
    <button type="button" className="graph-tests-test" title={moment(test.created_at)} onClick={() => onOpen(test.id)}>
      <span>{titleOf(model, test.changes)}</span>
      <span className="muted">
        <span className="token">{model.writeToken(predicted.targets[0]?.token ?? "")}</span> {logits(measured.in_model[0] ?? 0)} in the model
        {measured.verdict && ` · ${measured.verdict}`} · {ago(test.created_at, now)}
      </span>
    </button>
  );
}

const OF = { sequences: "features of the tested answers", graph: "features of the graph" };

function Faithful({ verification }: { verification: Verification }) {
  return (
    <>
      <h3
        title="(target when only these are kept − target when all are off) over (target − target when all are off). Necessity: 1 less that of all other features. Random: the mean over five random sets of as many active features."
      >
        Faithfulness
      </h3>
      {verification.faithfulness.map((one) => (
        <FaithfulnessTable key={one.of} of={one} />
      ))}
    </>
  );
}

/** "0.67", "−0.01", and "0.00" for what rounds to nothing. */
const share = (value: number): string => score(value).replace(/^-0\.00$/, "0.00").replace("-", "−");

function FaithfulnessTable({ of: one }: { of: Faithfulness }) {
  const rows: [term: string, value: number, random: number][] = [
    ["as the graph assumes", one.as_graph, one.as_graph_random],
    ["in the model", one.in_model, one.in_model_random],
    ["necessity", one.necessity, one.necessity_random],
  ];
  return (
    <table className="graph-tests-scores" data-testid={`faithfulness-${one.of}`}>
      <caption>
        {counted(one.n_features, "feature").split(" ")[0]} {OF[one.of]}
      </caption>
      <thead>
        <tr>
          <td />
          <th scope="col">these</th>
          <th scope="col">random</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([term, value, random]) => (
          <tr key={term}>
            <th scope="row">{term}</th>
            <td>{share(value)}</td>
            <td>{share(random)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
