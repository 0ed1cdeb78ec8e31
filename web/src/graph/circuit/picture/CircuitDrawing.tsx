/**
 * The circuit as it is drawn: boxes that are dragged and walked between, and the lines of their links.
 *
 *     CircuitDrawing -> CircuitBox | CircuitLine | LinkTip -> layout.ts (-> spaced.ts) | walk.ts | text.ts -> lines.ts | links.ts
 */
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent } from "react";
import { counted, percent } from "../../../shared/format";
import type { Hover } from "../../model/hover";
import { linksBetween } from "../../model/lit";
import type { GraphModel } from "../../model/model";
import { selectionOf, type Selection } from "../../model/selection";
import type { Edit, Work } from "../../work/work";
import { CircuitBox } from "./CircuitBox";
import { CircuitLine, LineHeads } from "./CircuitLine";
import { arranged, placeAt, placedBoxes } from "./layout";
import type { Size } from "./lines";
import { byStrength, isOfSelection, joinedParts, linkKey, linksAt, type CircuitLink } from "./links";
import { LinkTip } from "./LinkTip";
import { standing, type Part } from "../parts";
import { sizeOf } from "./text";
import { fromLink, isDirection, nextPart, STEP } from "./walk";
import "./CircuitDrawing.css";

interface CircuitDrawingProps {
  model: GraphModel;
  work: Work;
  parts: readonly Part[];
  links: readonly CircuitLink[];
  /** What the question is about: "Austin". */
  target: string;
  /** What the circuit explains, in words. */
  about: string;
  selection: Selection | null;
  chosen: readonly number[];
  hover: Hover;
  onEdit: (edit: Edit) => void;
  onSelect: (selection: Selection | null) => void;
}

/** Pixels that the pointer moves before it drags. */
const SLACK = 4;
/** Pixels that a box moves with Shift and an arrow. */
const NUDGE = 16;

interface Dragged {
  /** The part that moves. */
  key: string;
  /** From the pointer to the middle of the box. */
  off: readonly [number, number];
  from: readonly [number, number];
  x: number;
  y: number;
  isMoving: boolean;
}

/** Moves the focus to a part or a link of the drawing, and it into view; null: to none. */
const focusPart = (svg: SVGSVGElement | null, key: string | null) => focusOn(svg, "data-key", key);
const focusLink = (svg: SVGSVGElement | null, link: CircuitLink) => focusOn(svg, "data-link", linkKey(link));
function focusOn(svg: SVGSVGElement | null, attribute: "data-key" | "data-link", value: string | null) {
  const element = value === null ? null : svg?.querySelector<SVGElement>(`[${attribute}="${CSS.escape(value)}"]`);
  element?.focus();
  element?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export function CircuitDrawing({ model, work, parts, links, target, about, selection, chosen, hover, onEdit, onSelect }: CircuitDrawingProps) {
  const head = useId();
  const frame = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const [room, setRoom] = useState<Size>({ width: 600, height: 400 });
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const [over, setOver] = useState<{ link: CircuitLink; x: number; y: number } | null>(null);
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set());
  const wasDragged = useRef(false);
  /** The box to which the focus goes back once it stands elsewhere in the picture. */
  const refocused = useRef<string | null>(null);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    // Without the pixels that a scroll bar takes, which would make room for another.
    const observer = new ResizeObserver(() => setRoom({ width: element.clientWidth, height: element.clientHeight - 2 }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    focusPart(svg.current, refocused.current);
    refocused.current = null;
  }, [parts]);
  useEffect(() => hover.subscribe((hovered) => setMarked(new Set(hovered?.nodes))), [hover]);

  const all = useMemo(() => standing(parts), [parts]);
  const byKey = useMemo(() => new Map([...parts, ...all].map((part) => [part.key, part])), [parts, all]);
  const joined = useMemo(() => [...joinedParts(model, parts), ...parts.flatMap(({ members }) => (members ? joinedParts(model, members) : []))], [model, parts]);
  const sizes = useMemo(() => new Map(all.map((part) => [part.key, sizeOf(part)])), [all]);
  const { x: draggedX, y: draggedY } = dragged ?? { x: 0, y: 0 };
  const draggedKey = dragged?.isMoving ? dragged.key : null;
  const layout = useMemo(() => arranged(parts, joined, sizes, room), [parts, joined, sizes, room]);
  const { world } = layout;
  const boxes = useMemo(
    () => placedBoxes(layout, draggedKey === null ? work.places : { ...work.places, [draggedKey]: placeAt({ x: draggedX, y: draggedY }, layout.world) }),
    [layout, work.places, draggedKey, draggedX, draggedY],
  );

  /** The part that moves where another is dragged: the supernode whose member it is, or itself. */
  const moved = useMemo(() => new Map(parts.flatMap((part) => [part, ...(part.members ?? [])].map((each) => [each.key, part.key] as const))), [parts]);
  const picked = useMemo(() => new Set(chosen), [chosen]);
  const isAt = (nodes: readonly number[], set: ReadonlySet<number>): boolean => nodes.length > 0 && nodes.every((node) => set.has(node));
  const isOver = ({ nodes }: Part): boolean => nodes.some((node) => marked.has(node));
  /** What is looked at: what its links are not joined to is pale. */
  const lookedAt = new Set(all.filter((part) => marked.size > 0 && isAt(part.nodes, marked)).map(({ key }) => key));
  const beside = new Set(links.flatMap(({ source, target }) => (lookedAt.has(source) ? [target] : lookedAt.has(target) ? [source] : [])));
  const strongest = Math.max(0, ...links.map(({ strength }) => strength));
  const nameOf = (key: string): string => byKey.get(key)?.name ?? "";

  const pick = ({ nodes, supernode }: Part, isAdded: boolean) => {
    const without = chosen.filter((node) => !nodes.includes(node));
    if (isAdded) onSelect(selectionOf(isAt(nodes, picked) ? without : [...without, ...nodes]));
    else onSelect(supernode === null ? selectionOf(nodes) : { kind: "supernode", name: supernode });
  };
  const pickLink = ({ source, target }: CircuitLink) => {
    const [from, to] = [byKey.get(source), byKey.get(target)];
    const isOfGraph = from?.supernode === null && to?.supernode === null;
    const [edge] = isOfGraph ? linksBetween(model, from.nodes, new Set(to.nodes)) : [];
    onSelect(edge === undefined ? { kind: "circuit-link", source, target } : { kind: "link", edge });
  };
  const pickedLink = links.find((link) => isOfSelection(model, link, selection));
  /** The one of all links that the Tab key leads to. */
  const stop = pickedLink ?? byStrength(links)[0];
  const pressLink = (link: CircuitLink) => (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pickLink(link);
    } else if (isDirection(event.key)) {
      event.preventDefault();
      const to = fromLink(event.key, link, links);
      if (to && "part" in to) focusPart(svg.current, to.part);
      else if (to) focusLink(svg.current, to.link);
    }
  };

  /** The pointer in the drawing's own pixels. */
  const at = ({ clientX, clientY }: PointerEvent | MouseEvent): [number, number] => {
    const box = svg.current?.getBoundingClientRect();
    return [clientX - (box?.left ?? 0), clientY - (box?.top ?? 0)];
  };
  const grab = (part: Part) => (event: PointerEvent<SVGRectElement>) => {
    const key = moved.get(part.key);
    const box = key === undefined ? undefined : boxes.get(key);
    wasDragged.current = false;
    if (event.button !== 0 || key === undefined || !box) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    setDragged({ key, off: [box.x - x, box.y - y], from: [x, y], x: box.x, y: box.y, isMoving: false });
  };
  const drag = (event: PointerEvent) => {
    if (!dragged) return;
    const [x, y] = at(event);
    const isMoving = dragged.isMoving || Math.hypot(x - dragged.from[0], y - dragged.from[1]) > SLACK;
    if (isMoving) wasDragged.current = true;
    setDragged({ ...dragged, x: x + dragged.off[0], y: y + dragged.off[1], isMoving });
  };
  const drop = () => {
    if (dragged?.isMoving) onEdit({ type: "placed", key: dragged.key, place: placeAt(dragged, world) });
    setDragged(null);
  };

  const expand = ({ key, supernode }: Part) => {
    if (supernode === null) return;
    refocused.current = key;
    onEdit({ type: "expanded", name: supernode });
  };
  const press = (part: Part) => (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      const link = linksAt(links, event.key === "ArrowUp" ? "source" : "target", part.key)[0];
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      if (link) focusLink(svg.current, link);
    } else if (event.key === "Enter" && part.supernode !== null) {
      event.preventDefault();
      expand(part);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pick(part, event.shiftKey);
    } else if (isDirection(event.key)) {
      event.preventDefault();
      if (event.shiftKey) {
        const key = moved.get(part.key);
        const box = key === undefined ? undefined : boxes.get(key);
        const [x, y] = STEP[event.key];
        if (key !== undefined && box) onEdit({ type: "placed", key, place: placeAt({ x: box.x + x * NUDGE, y: box.y + y * NUDGE }, world) });
        return;
      }
      focusPart(svg.current, nextPart(event.key, part.key, boxes, links));
    }
  };

  const told = (part: Part): string => {
    const said = (link: CircuitLink | undefined, end: "source" | "target", words: string) =>
      link ? `${words} ${nameOf(link[end])} ${link.share < 0 ? "inhibiting" : "exciting"} ${percent(Math.abs(link.share), 0)}` : null;
    const ends = [said(linksAt(links, "target", part.key)[0], "source", "most from"), said(linksAt(links, "source", part.key)[0], "target", "most to")];
    return ends.filter(Boolean).join(", ");
  };
  const boxed = (part: Part) => {
    const box = boxes.get(part.key);
    if (!box) return null;
    const isFaint = lookedAt.size > 0 && !lookedAt.has(part.key) && !beside.has(part.key) && part.members === null;
    return (
      <CircuitBox
        key={part.key}
        part={part}
        box={box}
        isSelected={isAt(part.nodes, picked) || (selection?.kind === "supernode" && selection.name === part.supernode)}
        isHovered={isOver(part)}
        isFaint={isFaint}
        about={told(part)}
        onPointerDown={grab(part)}
        onPointerEnter={() => hover.set({ nodes: [...part.nodes], edges: [] })}
        onPointerLeave={() => hover.set(null)}
        onClick={(event) => {
          event.stopPropagation();
          if (!wasDragged.current) pick(part, event.shiftKey);
        }}
        onDoubleClick={() => expand(part)}
        onKeyDown={press(part)}
      />
    );
  };

  return (
    <div className="circuit-drawing" data-testid="circuit-drawing">
      <div ref={frame} className="circuit-drawing-scroll" tabIndex={-1}>
        <svg
          ref={svg}
          className="circuit-drawing-picture"
          width={world.width}
          height={world.height}
          viewBox={`0 0 ${world.width} ${world.height}`}
          role="group"
          aria-label={`Circuit of ${counted(parts.length, "part")} and ${counted(links.length, "link")}. ${about}`}
          data-testid="circuit-picture"
          // It may leave the page as a file.
          data-picture
          data-boxes={all.length}
          data-links={links.length}
          onPointerMove={drag}
          onPointerUp={drop}
          onPointerCancel={() => setDragged(null)}
          onClick={() => onSelect(null)}
        >
          <LineHeads id={head} />
          {parts.filter(({ members }) => members !== null).map(boxed)}
          {links.toReversed().map((link) => {
            const [source, end] = [boxes.get(link.source), boxes.get(link.target)];
            if (!source || !end) return null;
            return (
              <CircuitLine
                key={linkKey(link)}
                link={link}
                source={source}
                target={end}
                strongest={strongest}
                isSelected={link === pickedLink}
                isStop={link === stop}
                label={`${nameOf(link.source)} → ${nameOf(link.target)}, ${link.share < 0 ? "inhibits" : "excites"}: ${percent(Math.abs(link.share))} of the input`}
                isFaint={lookedAt.size > 0 && !lookedAt.has(link.source) && !lookedAt.has(link.target)}
                head={head}
                onOver={setOver}
                onPick={() => pickLink(link)}
                onKeyDown={pressLink(link)}
              />
            );
          })}
          {all.map(boxed)}
        </svg>
        {over && !dragged && <LinkTip link={over.link} parts={byKey} target={target} x={over.x} y={over.y} isLeft={over.x > world.width / 2} />}
      </div>
    </div>
  );
}
