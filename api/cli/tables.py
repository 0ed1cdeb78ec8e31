"""The command line's tables, from the API's JSON."""

import json
from collections.abc import Collection, Iterable
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from api.cli.wording import (
    SHORT_ID,
    count,
    counted,
    feature_name,
    group_name,
    member_name,
    minute,
    node_name,
    number,
    percent,
    printable,
    progress,
    signed,
    step_name,
    target,
    token,
)
from queries.paths.scores import SCORES

if TYPE_CHECKING:
    from api.cli.formats import FlowRow
    from api.client.client import Json


def graphs(records: "list[Json]") -> Table:
    """A row a graph; with its faithfulness, and that of as many random features, where one is verified."""
    verified = any(record["faithfulness"] is not None for record in records)
    table = table_of(
        *("graph", "name", "prompt", "model", "target", "nodes", "edges", "replacement"),
        *(["faithful (random)"] if verified else []),
        "created",
    )
    for record in records:
        table.add_row(
            record["id"][:SHORT_ID],
            one_line(record["name"] if record["name"] != record["prompt"] else ""),
            one_line(record["prompt"]),
            printable(record["model"]),
            printable(target(record)),
            f"{record['n_nodes']:,}",
            f"{record['n_edges']:,}",
            percent(record["replacement_score"], 0),
            *([_with_twin(record["faithfulness"], record["faithfulness_random"])] if verified else []),
            minute(record["created_at"]),
        )
    return unwrapped(
        table, "graph", "target", "nodes", "edges", "replacement", "faithful (random)", "created"
    )


def jobs(listed: "list[Json]") -> Table:
    table = table_of("job", "state", "phase", "prompt", "model", "graph or problem", "created")
    for job in listed:
        outcome = job["problem"]["detail"] if job["problem"] else (job["graph_id"] or "")[:SHORT_ID]
        table.add_row(
            job["id"],
            job["state"],
            progress(job),
            one_line(job["prompt"]),
            printable(job["model"]),
            printable(outcome),
            minute(job["created_at"]),
        )
    return unwrapped(table, "job", "state", "phase", "created")


def collections(listed: "list[Json]") -> Table:
    table = table_of("collection", "graphs", "created")
    for one in listed:
        table.add_row(printable(one["name"]), f"{one['n_graphs']:,}", minute(one["created_at"]))
    return unwrapped(table, "graphs", "created")


def shared_features(answer: "Json") -> Table:
    """Features that several graphs of a collection have, and the graph where each carries most."""
    title = f"Features: {answer['n_features']:,} in several graphs"
    table = table_of("feature", "label", "graphs", "mean share", "most in", title=title)
    for one in answer["features"]:
        table.add_row(
            feature_name(one),
            printable(one["label"] or ""),
            _of_read(one, answer),
            percent(one["mean_share"], 2),
            _most(answer, one["in_graphs"][0]),
        )
    return unwrapped(table, "feature", "graphs", "mean share")


def shared_sequences(answer: "Json") -> Table:
    """Sequences of groups of several graphs, and the graph where each carries most, with the token it begins at."""
    title = f"Sequences of groups: {answer['n_sequences']:,} in several graphs"
    table = table_of("through", "graphs", "mean share", "most in", title=title)
    for one in answer["sequences"]:
        best = one["in_graphs"][0]
        first = printable(token(best["sources"][0]["token"]))
        ends = f"{first} → {printable(token(answer['graphs'][best['graph']]['target']))}"
        table.add_row(
            arrows(step["name"] or feature_name(step) for step in one["steps"]),
            _of_read(one, answer),
            percent(one["mean_share"], 2),
            f"{_most(answer, best)}: {ends}",
        )
    return unwrapped(table, "graphs", "mean share")


def _of_read(one: "Json", answer: "Json") -> str:
    return f"{one['support']:,} of {len(answer['graphs']):,}"


def _most(answer: "Json", part: "Json") -> str:
    """'0341a2b3c4d5 4.37 %'"""
    return f"{answer['graphs'][part['graph']]['id'][:SHORT_ID]} {percent(part['share'], 2)}".rstrip()


FOUND = ("collections", "graphs", "views", "features")
"""The kinds of things that a search finds, in the order of its rows."""


def found(answer: "Json") -> Table:
    """A row a thing that was found."""
    table = table_of("kind", "what", "where")
    for one in answer["collections"]:
        table.add_row("collection", one_line(one["name"]), counted(one["n_graphs"], "graph"))
    for one in answer["graphs"]:
        table.add_row(
            "graph",
            one_line(one["prompt"] or one["name"]),
            f"{one['id'][:SHORT_ID]} {printable(one['name'])}",
        )
    for one in answer["views"]:
        table.add_row(
            "view", one_line(one["name"]), f"{one['graph'][:SHORT_ID]} {printable(one['graph_name'])}"
        )
    for one in answer["features"]:
        place = printable(f"{feature_name(one)} of {one['transcoder_set']}, {one['model']}")
        table.add_row("feature", one_line(one["label"] or ""), f"{place}, {counted(one['n_nodes'], 'node')}")
    return table


def views(answer: "Json") -> Table:
    table = table_of("view", "revision", "supernodes", "pinned", "tests", "notes", "changed")
    for view in answer["views"]:
        table.add_row(
            printable(view["name"]) + (" (default)" if view["name"] == answer["default"] else ""),
            str(view["revision"]),
            str(view["n_supernodes"]),
            str(view["n_pinned"]),
            str(view["n_tests"]),
            one_line(view["notes"]),
            "" if view["changed_at"] is None else minute(view["changed_at"]),
        )
    return unwrapped(table, "view", "revision", "supernodes", "pinned", "tests", "changed")


def supernodes(drawn: "list[Json]") -> Table:
    table = table_of("supernode", "nodes", "which")
    for one in drawn:
        table.add_row(printable(one["name"]), str(len(one["nodes"])), ", ".join(ends(one["nodes"])))
    return unwrapped(table, "nodes")


def ends(ids: list[str]) -> list[str]:
    """The ends of nodes' ids, by which they are named in their graph."""
    return [id.partition("/")[2] for id in ids]


def paths(answer: "Json") -> Table:
    """A row for each path or group sequence, with the influence along paths that raise the target and along paths that
    lower it; best members, where asked for, stand indented below their sequence."""
    grouped, is_share = answer["groups"] is not None, SCORES[answer["score"]].is_share
    ranked = answer["groups"] if grouped else answer["paths"]
    has_contribution = answer["effect"]["contribution"] is not None
    table = table_of(
        *("", "path", "score"),
        *(["together"] if is_share else []),
        *("raising", "lowering"),
        *(["contribution"] if has_contribution else []),
        *(["paths"] if grouped else []),
    )
    together = accumulate(found["score"] for found in ranked)

    def score(found: "Json") -> str:
        return percent(found["score"], 2) if is_share else number(found["score"])

    def effect(found: "Json") -> list[str]:
        parts = found["effect"]
        shares = [percent(parts[side], 2) if parts[side] else "" for side in ("raising", "lowering")]
        return shares + ([signed(parts["contribution"])] if has_contribution else [])

    for row, (found, covered) in enumerate(zip(ranked, together, strict=True), start=1):
        steps = map(step_name, found["sequence"]) if grouped else map(node_name, found["nodes"])
        members = [count(found["members"], found["members_rounded"])] if grouped else []
        covered_so_far = [percent(covered, 1)] if is_share else []
        table.add_row(str(row), arrows(steps), score(found), *covered_so_far, *effect(found), *members)
        for member in found["best_members"] if grouped else []:
            path = f"  {arrows(map(member_name, member['nodes']))}"
            table.add_row("", path, score(member), *([""] if is_share else []), *effect(member))
    return unwrapped(table, *NUMBERS)


def flow(rows: "list[FlowRow]") -> Table:
    """A row for each node or group of nodes, with the share of the influence that flows through it."""
    table = table_of("through", "flow", "layer", "position", "nodes")
    for step, share in rows:
        layer = str(step["layer"]) if step["kind"] == "feature" and step["layer"] is not None else ""
        position = "" if step["position"] is None else str(step["position"])
        table.add_row(
            printable(step_name(step)), percent(share, 1), layer, position, f"{len(step['nodes']):,}"
        )
    return unwrapped(table, *NUMBERS)


def totals(answer: "Json") -> str:
    """A sentence of the parts of the target's influence."""
    targets = [node_name(one["node"]) for one in answer["targets"]]
    named = targets[0] if len(targets) == 1 else f"{len(targets)} logits"
    parts = [f"covered {percent(answer['covered'], 1)}"]
    if answer["matching"] is not None:
        effect = answer["effect"]
        sides = f"{percent(effect['raising'], 1)} raising, {percent(effect['lowering'], 1)} lowering it"
        parts.append(f"matching {percent(answer['matching'], 1)} ({sides})")
    parts.append(f"from sources {percent(answer['total'], 1)} (direct {percent(answer['direct'], 1)})")
    parts.append(f"from errors {percent(answer['from_errors'], 1)}")
    if answer["pruned_away"] is not None:
        away = f"pruned away {percent(answer['pruned_away'], 1)}"
        cut_at = answer["cut_at"]
        parts.append(away if cut_at is None else f"{away} (its trace was cut at {percent(cut_at, 1)})")
    if answer["difference_is_exact"] is False:
        named += ", over the stored edges"
    line = f"Influence on {printable(named)}: {', '.join(parts)}."
    active, selected = answer["n_active_features"], answer["n_selected_features"]
    if active is not None and selected is not None and selected < active:
        line += f" Shares are over the {selected:,} features traced of {active:,} active."
    return line


def group_lines(answer: "Json") -> list[str]:
    """Sentences about the automatic groups of an answer, and about what it hides."""
    lines, auto = [], answer["auto"]
    if auto is not None and auto["groups"]:
        if auto["covered"] is not None and answer["matching"]:
            lines.append(_held(answer))
        lines.append(kept(auto["groups"], auto["information_lost"]))
    if answer["hidden"] is not None:
        lines.append(hidden_line(answer["hidden"]))
    return lines


def _held(answer: "Json") -> str:
    """'12 automatic groups hold 38 % of the influence in 10 sequences; shuffled groups of these sizes: 26 %.'"""
    auto = answer["auto"]

    def of_matching(covered: float) -> str:
        return percent(covered / answer["matching"], 0)

    others = answer["group_by"] != "auto"
    verb = "holds" if auto["groups"] == 1 and not others else "hold"
    groups = _automatic(auto["groups"]) + (" and the others" if others else "")
    held = f"{groups} {verb} {of_matching(auto['covered'])} of the influence"
    shuffled = auto["shuffled_covered"]
    beside = "" if shuffled is None else f"; shuffled groups of these sizes: {of_matching(shuffled)}"
    return f"{held} in 10 sequences{beside}."


def _automatic(n_groups: int) -> str:
    return "1 automatic group" if n_groups == 1 else f"{n_groups} automatic groups"


def hidden_line(influence: float) -> str:
    return f"Hidden: paths from the token before the text, {percent(influence, 1)}."


def kept(n_groups: int, information_lost: float) -> str:
    """What a number of automatic groups tells."""
    verb = "keeps" if n_groups == 1 else "keep"
    return (
        f"{_automatic(n_groups)} {verb} {percent(1.0 - information_lost, 0)} of what features tell about where "
        "influence comes from and goes to."
    )


MOST_LISTED, LEAST_LISTED = 3, 0.05
"""Tokens and outputs that a group's row names, and the share that each of them has at least."""


def groups(answer: "Json") -> Table:
    """A row for each automatic group: how much flows through it, what it holds, and where that comes from and goes."""
    names = [str(one["group"]["name"]) for one in answer["groups"]]
    table = table_of("group", "flow", "nodes", "features", "from", "to")
    for one in answer["groups"]:
        tokens = [(token(part["node"]["token"]), part["share"]) for part in one["tokens"]]
        outputs = [
            (node_name(part["node"]) if part["group"] is None else names[part["group"]], part["share"])
            for part in one["outputs"]
        ]
        table.add_row(
            printable(str(one["group"]["name"])),
            percent(one["flow"], 1),
            f"{len(one['group']['nodes']):,}",
            f"{one['n_features']:,}",
            _parts([*tokens, ("errors", one["from_errors"])]),
            _parts(outputs),
        )
    return unwrapped(table, "flow", "nodes", "features")


def circuit(answer: "Json") -> Table:
    """A row for each group of the circuit: what flows through it, and the strongest links into it and out of it."""
    names = [step_name(one["group"]) for one in answer["nodes"]]
    links: dict[str, dict[int, list[tuple[str, float]]]] = {"source": {}, "target": {}}
    for link in answer["links"]:
        for end, other in (("source", "target"), ("target", "source")):
            links[end].setdefault(link[end], []).append((names[link[other]], link["effect"]["influence"]))
    table = table_of("group", "flow", "nodes", "from", "to")
    for place, one in enumerate(answer["nodes"]):
        if one["group"]["kind"] != "feature":
            continue
        ends = [
            [(name, share / one["flow"]) for name, share in links[end].get(place, [])]
            for end in ("target", "source")
        ]
        table.add_row(
            printable(names[place]),
            percent(one["flow"], 1),
            f"{len(one['group']['nodes']):,}",
            *map(_parts, ends),
        )
    return unwrapped(table, "flow", "nodes")


def circuit_lines(answer: "Json") -> list[str]:
    """What a circuit explains, and its scores, in sentences."""
    effect, n_groups = answer["effect"], sum(one["group"]["kind"] == "feature" for one in answer["nodes"])
    all_groups = f"{n_groups} groups explain" if n_groups != 1 else "One group explains"
    how = "no others of as many explain more"
    if answer["method"] != "exact":
        how = f"no single exchange adds to it, and {how} than {percent(answer['at_most'], 1)}"
    sides = f"{percent(effect['raising'], 1)} raising, {percent(effect['lowering'], 1)} lowering"
    lines = [
        f"{all_groups} {percent(answer['explained'], 1)} of the influence ({sides}), "
        f"of {percent(answer['matching'], 1)} over all features; {how}."
    ]
    if answer["hidden"] is not None:
        lines.append(hidden_line(answer["hidden"]))
    if scores := _scores_line(answer):
        lines.append(scores)
    return lines


def _scores_line(answer: "Json", random: "Json | None" = None) -> str | None:
    scores, whole = answer["scores"], answer["whole_scores"]
    if scores is None or scores["replacement"] is None or whole["replacement"] is None:
        return None
    replacement, completeness = (
        f"{name} {scores[name]:.2f} of {whole[name]:.2f}{_beside_random(random, name, percents=False)}"
        for name in ("replacement", "completeness")
    )
    return f"With these features only, the rest as errors: {replacement}, {completeness}."


def _beside_random(random: "Json | None", name: str, *, percents: bool = True) -> str:
    """' (random 3.1 % ± 0.4 %)'"""
    found = random and random[name]
    if not found:
        return ""
    mean, deviation = (
        percent(found[part], 1) if percents else f"{found[part]:.2f}" for part in ("mean", "deviation")
    )
    return f" (random {mean} ± {deviation})"


def drawn_circuit(answer: "Json") -> Table:
    """A row for each part of a drawn circuit: what flows through it, and its strongest links, each with its part in the
    input of its target."""
    names = [step_name(one["group"]) for one in answer["nodes"]]
    into, out = ([list[tuple[str, float]]() for _ in names] for _ in range(2))
    for link in answer["links"]:
        into[link["target"]].append((names[link["source"]], link["share"]))
        out[link["source"]].append((names[link["target"]], link["share"]))
    table = table_of("group", "flow", "nodes", "from", "to")
    for place, one in enumerate(answer["nodes"]):
        n_nodes = f"{len(one['group']['nodes']):,}"
        table.add_row(
            printable(names[place]), percent(one["flow"], 1), n_nodes, _parts(into[place]), _parts(out[place])
        )
    return unwrapped(table, "flow", "nodes")


def drawn_lines(answer: "Json") -> list[str]:
    """What a drawn circuit explains, and its scores, beside random circuits, in sentences."""
    effect, n, random = answer["effect"], answer["n_features"], answer["random"]
    features = f"{n:,} features explain" if n != 1 else "One feature explains"
    sides = f"{percent(effect['raising'], 1)} raising, {percent(effect['lowering'], 1)} lowering"
    lines = [
        f"{features} {percent(answer['explained'], 1)} of the influence ({sides}), "
        f"of {percent(answer['matching'], 1)} over all features{_beside_random(random, 'explained')}."
    ]
    if answer["hidden"] is not None:
        lines.append(hidden_line(answer["hidden"]))
    if scores := _scores_line(answer, random):
        lines.append(scores)
    return lines


def _parts(parts: "list[tuple[str, float]]") -> str:
    """'Dallas 91 %, <bos> 6 %'"""
    largest = sorted(parts, key=lambda part: -abs(part[1]))[:MOST_LISTED]
    return printable(
        ", ".join(f"{name} {percent(share, 0)}" for name, share in largest if abs(share) >= LEAST_LISTED)
    )


def borrowed(answer: "Json") -> str | None:
    """A sentence on labels that are not the graph's own, where the rows have some."""
    steps = [step for one in answer["groups"] or [] for step in one["sequence"]]
    nodes = [node for path in answer["paths"] or [] for node in path["nodes"]]
    origins = [node["label_origin"] for node in nodes if node["label_origin"]]
    sources = {one["source"] for one in origins} | {one for step in steps for one in step["label_sources"]}
    graphs = sorted({one["by"] for one in origins if one["source"] == "borrowed" and one["by"]})
    said = []
    if "borrowed" in sources:
        of = ", ".join(map(printable, graphs)) if graphs else "other graphs of the transcoder set"
        said.append(f"Some labels are borrowed from {of}")
    if "logits" in sources:
        said.append("names after ~ are made from top logits")
    line = "; ".join(said)
    return f"{line[:1].upper()}{line[1:]} (--labels own: neither)." if said else None


LEAST_SHOWN = 0.00005
"""A share that two digits of a percent show."""


def compared_graphs(answer: "Json") -> Table:
    """The compared graphs: numbers of features, and the part of the influence that their best paths carry."""
    table = table_of(
        "graph", "name", "prompt", "target", "features", "only here", "best paths", "shared paths"
    )
    for graph in answer["graphs"]:
        table.add_row(
            graph["id"][:SHORT_ID],
            one_line(graph["name"] if graph["name"] != graph["prompt"] else ""),
            one_line(graph["prompt"]),
            printable(token(graph["target"]["token"])),
            f"{graph['n_features']:,}",
            "" if graph["n_distinct_features"] is None else f"{graph['n_distinct_features']:,}",
            percent(graph["covered"], 1),
            percent(graph["covered_shared"], 1),
        )
    return unwrapped(table, "graph", "target", *NUMBERS)


def compared_features(answer: "Json", rows: int) -> Table:
    """The most influential features of all, of some and of one of the graphs, with a column for each graph."""
    parts = (("in all", "shared"), ("in some", "partly_shared"), ("in one", "distinct"))
    counts = ", ".join(f"{len(answer[part]):,} {where}" for where, part in parts)
    table = table_of("where", "feature", "label", *_columns(answer), title=f"Features: {counts}")
    for where, part in parts:
        for feature in answer[part][:rows]:
            found = {one["graph"]: one for one in feature["in_graphs"]}
            labels = dict.fromkeys(one["label"] for one in found.values() if one["label"] is not None)
            influences = [found.get(graph["id"], {}).get("node_influence") for graph in answer["graphs"]]
            table.add_row(
                where,
                feature_name(feature),
                one_line(" / ".join(labels)),
                *("" if influence is None else f"{influence:.4f}" for influence in influences),
            )
    return unwrapped(table, "where", "feature")


def compared_sequences(answer: "Json", rows: int) -> Table:
    """The paths through the same steps; for each graph the best token to start at, and the influence they carry, with
    the part of it that lowers the target."""
    shared = sum(None not in one["in_graphs"] for one in answer["sequences"])
    title = f"Paths: {shared:,} in all, {len(answer['sequences']) - shared:,} in some"
    table = table_of("through", *_columns(answer), title=title)
    for one in answer["sequences"][:rows]:
        table.add_row(arrows(map(_step, one["steps"])), *(_in_graph(part) for part in one["in_graphs"]))
    return table


def _step(step: "Json") -> str:
    if step["is_group"]:
        return str(step["name"])
    name = feature_name(step)
    return f"{step['name']} {name}" if step["name"] else name


def _in_graph(part: "Json | None") -> str:
    """'Dallas and 2 more 4.37 %, 2.01 % against'"""
    if part is None:
        return ""
    first, *others = part["sources"]
    more = f" and {len(others)} more" if others else ""
    lowering = part["effect"]["lowering"]
    against = f", {percent(lowering, 2)} against" if lowering >= LEAST_SHOWN else ""
    return printable(f"{token(first['token'])}{more} {percent(part['score'], 2)}{against}")


def _columns(answer: "Json") -> list[str]:
    """A heading for each compared graph."""
    return [
        printable(f"{graph['id'][:SHORT_ID]} {token(graph['target']['token'])}") for graph in answer["graphs"]
    ]


def named_queries(answer: "Json") -> Table:
    """The named queries: the question that each answers, and its parameters; optional ones in brackets."""
    table = table_of("name", "answers", "parameters")
    for query in answer["queries"]:
        parameters = [
            one["name"] if one["required"] else f"[{one['name']}={_cell(one['default'])}]"
            for one in query["parameters"]
        ]
        table.add_row(query["name"], query["title"], " ".join(parameters))
    return unwrapped(table, "name")


def saved_queries(listed: "list[Json]") -> Table:
    table = table_of("saved", "notes", "changed")
    for query in listed:
        table.add_row(printable(query["name"]), one_line(query["notes"]), minute(query["changed_at"]))
    return unwrapped(table, "changed")


def rows(answer: "Json") -> Table:
    """The rows of a query. Values that are neither text nor numbers are written as JSON."""
    table = table_of(*answer["columns"])
    for row in answer["rows"]:
        table.add_row(*(printable(_cell(value)) for value in row))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


NUMBERS = (
    *(
        "",
        "nodes",
        "edges",
        "replacement",
        "score",
        "together",
        "raising",
        "lowering",
        "contribution",
        "signed",
        "paths",
        "flow",
        "layer",
        "position",
        "revision",
        "supernodes",
        "pinned",
    ),
    *("features", "only here", "best paths", "shared paths"),
    *("predicted", "as the graph", "in the model", "probability", "then", "before", "after", "p"),
    *("mediated: predicted", "shared", "different"),
)
"""Columns that are aligned to the right."""


def intervention(answer: "Json") -> Table:
    """A row for each target of an intervention, or of a prediction, the first target first; in the order of trust:
    what the graph predicts, what is measured as it assumes and in the model, what happens."""
    predicted, measured = answer["predicted"], answer.get("measured")
    headings = ("predicted", "as the graph", "in the model", "probability", "then")
    table = table_of("target", *(headings if measured else headings[:1]))
    for at, one in enumerate(predicted["targets"]):
        cells = [signed(predicted["effects"][at])]
        if measured:
            chances = (measured["probability_before"][at], measured["probability_after"][at])
            cells += [signed(measured["as_graph"][at]), signed(measured["in_model"][at])]
            cells += [percent(chance, 1) for chance in chances]
        table.add_row(printable(token(one["token"])), *cells)
    return unwrapped(table, *headings)


def falls(measured: "Json") -> Table:
    """The features further on that changed most."""
    table = table_of("feature further on", "before", "predicted", "after")
    for fall in measured["falls"]:
        name = fall["key"].split("/", 1)[1]
        table.add_row(printable(name), *(number(fall[part]) for part in ("before", "predicted", "after")))
    return table


def tested_groups(verification: "Json") -> Table:
    headings = ("predicted", "as the graph", "in the model", "p")
    table = table_of("group", *headings, "verdict")
    for group in verification["groups"]:
        p = group["controls"]["p"] if group["controls"] else None
        table.add_row(
            printable(group_name(group)),
            *(signed(group[part]) for part in ("predicted", "as_graph", "in_model")),
            "" if p is None else f"{p:.2f}",
            group["verdict"],
        )
    return unwrapped(table, *headings, "verdict")


def tested_links(verification: "Json") -> Table:
    headings = ("mediated: predicted", "as the graph", "in the model", "verdict")
    table = table_of("link", *headings)
    for link in verification["links"]:
        names = (group_name(verification["groups"][link[end]]) for end in ("source", "target"))
        parts = ("mediated_predicted", "mediated_as_graph", "mediated_in_model")
        table.add_row(arrows(names), *(signed(link[part]) for part in parts), link["verdict"])
    return unwrapped(table, *headings)


def tested_sequences(verification: "Json", tokens: list[str]) -> Table:
    """`tokens` are the prompt's, by which a sequence's source is named."""
    table = table_of("sequence", "score", "verdict")
    for one in verification["sequences"]:
        names = [group_name(verification["groups"][at]) for at in one["groups"]]
        kind, _, position = one["source"][0].split("/")[1:4]
        source = token(tokens[int(position)]) if kind == "embedding" else f"{kind} @ {position}"
        table.add_row(
            arrows([source, *names, token(verification["target"]["token"])]),
            percent(one["influence"], 1),
            one["verdict"],
        )
    return unwrapped(table, "score", "verdict")


def faithfulness(verification: "Json") -> Table:
    """A row for the features of the sequences and one for those of the graph; in brackets as many random ones."""
    headings = ("features", "as the graph", "in the model", "necessary", "probability", "without them")
    table = table_of("kept", *headings)
    kept = {"sequences": "the sequences' features", "graph": "the graph's features"}
    for one in verification["faithfulness"]:
        parts = ("as_graph", "in_model", "necessity", "probability", "probability_without")
        table.add_row(
            kept[one["of"]],
            f"{one['n_features']:,} of {verification['n_active']:,}",
            *(_with_twin(one[part], one[f"{part}_random"]) for part in parts),
        )
    return unwrapped(table, *headings)


def donors(answer: "Json") -> Table:
    table = table_of("graph", "prompt", "predicts", "differs at", "shared", "different")
    for one in answer["donors"]:
        table.add_row(
            one["id"][:SHORT_ID],
            one_line(one["prompt"]),
            printable(token(one["prediction"]["token"])),
            ", ".join(map(str, one["positions"])),
            f"{one['n_shared']:,}",
            f"{one['n_different']:,}",
        )
    return unwrapped(table, "graph", "predicts", "differs at")


def _with_twin(value: float | None, random: float | None) -> str:
    """'0.89 (0.09)'"""
    return "" if value is None or random is None else f"{value:.2f} ({random:.2f})"


def table_of(*columns: str, title: str | None = None, numbers: Collection[str] = NUMBERS) -> Table:
    """An empty table; the columns of `numbers` are aligned to the right."""
    table = Table(
        title=title, title_justify="left", title_style="", box=None, pad_edge=False, header_style="bold"
    )
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left")
    return table


def unwrapped(table: Table, *columns: str) -> Table:
    """The table with these columns at full width: in a narrow terminal, the others wrap."""
    for column in table.columns:
        column.no_wrap = column.header in columns
    return table


def one_line(text: str) -> Text:
    """Text that is not wrapped, with an ellipsis where the terminal is too narrow for it."""
    return Text(printable(text), no_wrap=True, overflow="ellipsis")


def arrows(names: Iterable[str]) -> str:
    return printable(" -> ".join(names))
