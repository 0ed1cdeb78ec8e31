/** What the two circuits share and where they part: the few groups that explain most of each target. */
import { useMemo, type ReactNode } from "react";
import { getCircuit } from "../../api/client";
import type { CircuitAnswer, CompareAnswer, GraphAnswer } from "../../api/types";
import { counted, percent } from "../../shared/format";
import { More } from "../../shared/more/More";
import { graphAddress } from "../../shared/router";
import { Trouble } from "../../shared/Trouble";
import { isPassing, useAnswer, type Asked as Answered } from "../../shared/useAnswer";
import { SIDES, targetOf, type Asked, type By, type Side } from "../asked";
import { Badge } from "../Badge";
import { Bands } from "../bands/Bands";
import { graphQuery } from "../bands/links";
import { Measure } from "../bands/Measure";
import { WHERES, type Where } from "../bands/rows";
import { align } from "../strips/align";
import { differenceOf, sizeOf, type Link, type Part } from "./difference";
import { Drawing } from "./Drawing";
import "./Circuits.css";

interface CircuitsProps {
  asked: Asked;
  by: By;
  graphs: Record<Side, GraphAnswer>;
  answer: CompareAnswer;
}

/** Links of a band before somebody asks for all. */
const FIRST = 6;

/** The circuit of one side; null where it has not been answered. */
function useCircuit(asked: Asked, by: By, graph: GraphAnswer, side: Side): Answered<{ key: string; circuit: CircuitAnswer }> & { circuit: CircuitAnswer | null } {
  const target = targetOf(asked, side);
  const question = { group_by: by, hide_bos: asked.hideBos, target: target === null ? [] : [target] };
  const key = JSON.stringify([graph.id, question]);
  const found = useAnswer(key, async (signal) => ({ key, circuit: await getCircuit(graph.id, question, signal) }));
  return { ...found, circuit: found.answer?.key === key ? found.answer.circuit : null };
}

export function Circuits({ asked, by, graphs, answer }: CircuitsProps) {
  const a = useCircuit(asked, by, graphs.a, "a");
  const b = useCircuit(asked, by, graphs.b, "b");
  const areApart = answer.shared === null;
  const columns = useMemo(() => align(graphs.a.tokens, graphs.b.tokens), [graphs]);
  const difference = useMemo(
    () => (a.circuit && b.circuit ? differenceOf({ a: a.circuit, b: b.circuit }, { by, columns, areApart }) : null),
    [a.circuit, b.circuit, by, columns, areApart],
  );
  const failed = [a, b].find(({ error }) => error && !isPassing(error));
  if (difference === null || !a.circuit || !b.circuit) {
    return (
      <section className="circuits" aria-label="Circuits" data-testid="circuits">
        <h2>Circuits</h2>
        {failed?.error ? <Trouble error={failed.error} title="The circuits could not be found" onRetry={failed.again} /> : <p className="muted" role="status">The circuits are being found…</p>}
      </section>
    );
  }
  const { parts, links } = difference;
  const names = new Map(parts.map(({ key, name }) => [key, name]));
  const most = Math.max(0, ...links.map(sizeOf));
  const rows = (where: Where): ReactNode => {
    const items = links.filter((link) => link.where === where);
    return (
      <>
        <PartNames parts={parts.filter((part) => part.where === where)} />
        {items.length > 0 && (
          <More
            key={`${graphs.a.id} ${graphs.b.id} ${by}`}
            items={items}
            most={FIRST}
            className="circuits-links"
            testId={`circuits-links-${where}`}
            render={(link) => <LinkRow key={`${link.source}\n${link.target}`} link={link} names={names} parts={parts} asked={asked} graphs={graphs} most={most} />}
          />
        )}
      </>
    );
  };
  const sum = (where: Where) => `${counted(parts.filter((part) => part.where === where).length, "part")}, ${counted(links.filter((link) => link.where === where).length, "link")}`;
  return (
    <Bands
      title="Circuits"
      testId="circuits"
      about={`The ten groups that explain most of each target: ${percent(a.circuit.explained)} of it in A, ${percent(b.circuit.explained)} in B. A token is of both where the prompts have it at the same place; the target always is.`}
      sums={{ a: sum("a"), both: sum("both"), b: sum("b") }}
      bands={Object.fromEntries(WHERES.map((where) => [where, rows(where)])) as Record<Where, ReactNode>}
    >
      <Drawing difference={difference} />
      <Key />
    </Bands>
  );
}

function PartNames({ parts }: { parts: readonly Part[] }) {
  if (parts.length === 0) return <p className="muted">None.</p>;
  return (
    <ul className="circuits-parts">
      {parts.map(({ key, kind, name }) => (
        <li key={key} className={kind === "group" ? "" : "token"}>
          {name}
        </li>
      ))}
    </ul>
  );
}

interface LinkRowProps {
  link: Link;
  names: ReadonlyMap<string, string>;
  parts: readonly Part[];
  asked: Asked;
  graphs: Record<Side, GraphAnswer>;
  most: number;
}

function LinkRow({ link, names, parts, asked, graphs, most }: LinkRowProps) {
  const nodes = (side: Side) => parts.filter(({ key }) => key === link.source || key === link.target).flatMap((part) => part[side]?.ids ?? []);
  return (
    <li className="circuits-link" data-testid="circuit-link">
      <p>
        <b>{names.get(link.source)}</b> <span className="muted">→</span> <b>{names.get(link.target)}</b>
      </p>
      {SIDES.map((side) => {
        const effect = link[side];
        if (!effect) return null;
        const href = graphAddress(graphs[side].id) + graphQuery({ target: targetOf(asked, side), selected: nodes(side) });
        return <Measure key={side} side={side} href={href} effect={effect} size={effect.influence} most={most} />;
      })}
    </li>
  );
}

function Key() {
  return (
    <p className="circuits-key muted">
      <span>
        <Badge side="a" /> dashed: only A
      </span>
      <span>
        <Badge side="both" /> plain: both
      </span>
      <span>
        <Badge side="b" /> dotted: only B
      </span>
      <span>Wider: more influence. The strongest links of each are drawn; the lists have all.</span>
    </p>
  );
}
