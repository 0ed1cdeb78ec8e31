/** Where a feature's name is from, in words; a borrowed one leads to what tells of the graph that gave it. */
import type { LabelOrigin } from "../api/types";
import { follow, graphAddress } from "../shared/router";
import { originText } from "../shared/labels/origin";

interface OriginProps {
  origin: LabelOrigin | null;
  /** The address of the feature's own page; null: it is open, and the graph itself is led to. */
  page: string | null;
}

export function Origin({ origin, page }: OriginProps) {
  const text = originText(origin);
  if (text === null) return null;
  const { source, by, graph } = origin ?? {};
  return (
    <span data-testid="label-origin">
      {source === "borrowed" && graph ? (
        <>
          from{" "}
          <a href={page ?? graphAddress(graph)} onClick={follow}>
            {by ?? "another graph"}
          </a>
        </>
      ) : (
        text
      )}
    </span>
  );
}
