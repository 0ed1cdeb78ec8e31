/** Where a feature's name is from, in words; a borrowed one leads to the graph that gave it. */
import type { LabelOrigin } from "../api/types";
import { follow, graphAddress } from "../shared/router";
import { originText } from "../shared/labels/origin";

export function Origin({ origin }: { origin: LabelOrigin | null }) {
  const text = originText(origin);
  if (text === null) return null;
  const { source, by, graph } = origin ?? {};
  return (
    <span data-testid="label-origin">
      {source === "borrowed" && graph ? (
        <>
          from{" "}
          <a href={graphAddress(graph)} onClick={follow}>
            {by ?? "another graph"}
          </a>
        </>
      ) : (
        text
      )}
    </span>
  );
}
