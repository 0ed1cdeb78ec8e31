"""Tables of a prompt's internals, from the API's JSON."""

from typing import TYPE_CHECKING, Any

from rich.table import Table

from api.cli.commands.internals.asking import position_name
from api.cli.tables import arrows, table_of, unwrapped
from api.cli.wording import number, percent, printable, signed

if TYPE_CHECKING:
    from api.client.client import Json

HEADS = {
    "attribution": "attribution",
    "direct_logit": "direct",
    "ablation": "ablation",
    "carried": "carried",
    "induction": "induction",
    "duplicate_token": "duplicate",
    "previous_token": "previous",
    "first_token": "first",
    "entropy": "entropy",
    "normalised_entropy": "normalised",
    "max_attention": "most",
    "mean_distance": "distance",
}
"""What is known of heads, and the headings of its columns."""
SIGNED = ("attribution", "direct_logit", "ablation")
"""Those that can be negative: the largest come first by their size."""


def head_name(head: "Json") -> str:
    return f"{head['layer']}.{head['head']}"


def heads(maps: dict[str, Any], order: list[tuple[int, int]]) -> Table:
    """A row for each head in an order; blanks are what is not known. `maps`: by name, (n_layers, n_heads)."""
    shown = {name: heading for name, heading in HEADS.items() if name in maps}
    table = table_of("head", *shown.values(), numbers=set(shown.values()))
    for place in order:
        values = {name: float(maps[name][place]) for name in shown}
        cells = (
            "" if value != value else signed(value) if name in SIGNED else number(value)
            for name, value in values.items()
        )
        table.add_row(f"{place[0]}.{place[1]}", *cells)
    return table


def parts(answer: "Json") -> Table:
    """A row for each part of a prompt's internals that there is."""
    table = table_of("part", "seconds", numbers={"seconds"})
    for part in answer["parts"]:
        seconds = answer["seconds"].get(part)
        table.add_row(part, "" if seconds is None else f"{seconds:.2f}")
    return table


def link(answer: "Json", tokens: list[str]) -> Table:
    """A row for each head that carried a link."""
    numbers = ("weight", "of it", "attention")
    table = table_of("head", *numbers[:2], "query", "key", numbers[2], numbers=numbers)
    for head in answer["heads"]:
        table.add_row(
            head_name(head),
            signed(head["weight"]),
            _of(head["weight"], answer["weight"]),
            printable(position_name(tokens, head["query"])),
            printable(position_name(tokens, head["key"])),
            percent(head["attention"], 0),
        )
    return table


def link_paths(paths: "Json", tokens: list[str]) -> Table:
    """A row for each head through which most of a link passes."""
    numbers = ("through", "as the last", "from there")
    table = table_of("head", *numbers[:2], "looks at", numbers[2], "passed from", "to", numbers=numbers)
    for head in paths["heads"]:
        table.add_row(
            head_name(head),
            signed(head["through"]),
            signed(head["last"]),
            *(printable(position_name(tokens, head["key"])), signed(head["at_key"])),
            *(printable(position_name(tokens, head[f"through_{end}"])) for end in ("key", "query")),
        )
    return table


def head_links(answer: "Json", names: dict[str, str]) -> Table:
    """A row for each link that a head carried."""
    numbers = ("carried", "of the link")
    table = table_of("link", *numbers, numbers=numbers)
    for one in answer["links"]:
        ends = (names[one[end]] for end in ("source", "target"))
        table.add_row(arrows(ends), signed(one["weight"]), _of(one["weight"], one["link_weight"]))
    return unwrapped(table, *numbers)


def node_sums(sums: "list[Json]", heading: str, names: dict[str, str]) -> Table:
    """A row for each node that a head read, or wrote to."""
    numbers = ("sum", "without signs")
    table = table_of(heading, *numbers, numbers=numbers)
    for one in sums:
        table.add_row(printable(names[one["node"]]), signed(one["weight"]), number(one["absolute"]))
    return unwrapped(table, *numbers)


def pairs(answer: "Json", names: dict[str, str], tokens: list[str], limit: int) -> Table:
    """A row for each pair of a source at the query and a source at the key."""
    table = table_of("at the query", "at the key", "score", numbers={"score"})
    for pair in answer["pairs"][:limit]:
        ends = (source_name(pair[end], names, tokens) for end in ("query", "key"))
        table.add_row(*map(printable, ends), signed(pair["score"]))
    return unwrapped(table, "score")


def source_name(source: "Json", names: dict[str, str], tokens: list[str]) -> str:
    """'Texas @ 9'; 'the biases'; 'what the graph lacks at Dallas (9)'"""
    if source["kind"] == "node":
        return names[source["node"]]
    if source["kind"] == "biases":
        return "the biases"
    return f"what the graph lacks at {position_name(tokens, source['position'])}"


def flow(values: Any, tokens: list[str], measure: str) -> Table:
    """A row for each token, and one for the biases. values (2, n + 1): after attention, and after the MLP."""
    headings = ("after attention", "after the MLP")
    shares = [f"{heading}: share" for heading in headings] if measure == "norm" else []
    table = table_of("token", *headings, *shares, numbers={*headings, *shares})
    rows = [position_name(tokens, at) for at in range(len(tokens))] + ["the biases"]
    for name, column in zip(rows, values.T, strict=True):
        if measure == "norm":
            of_all = column / values.sum(1)
            table.add_row(printable(name), *map(number, column), *(percent(float(one), 1) for one in of_all))
        else:
            table.add_row(printable(name), *(_signed_percent(float(one), 1) for one in column))
    return table


def attention(pattern: Any, tokens: list[str], keys: int, *, is_signed: bool) -> Table:
    """A row for each query with the keys that it has most of. pattern (n, n)."""
    table = table_of("at", "looks at")
    for query, row in enumerate(pattern[:, : len(tokens)]):
        seen = sorted(range(query + 1), key=lambda key: -abs(float(row[key])))[:keys]
        said = [
            f"{position_name(tokens, key)} {signed(float(row[key])) if is_signed else percent(float(row[key]), 1)}"
            for key in seen
        ]
        table.add_row(printable(position_name(tokens, query)), printable(", ".join(said)))
    return table


def components(names: list[str], values: Any, limit: int) -> Table:
    """A row for each of the largest components of a logit, and one for all others. values (n_components,)."""
    table = table_of("component", "logits", numbers={"logits"})
    order = sorted(range(len(names)), key=lambda at: -abs(float(values[at])))
    for at in order[:limit]:
        table.add_row(names[at], signed(float(values[at])))
    if order[limit:]:
        table.add_row(f"{len(order) - limit} others", signed(float(values[order[limit:]].sum())))
    return table


def _of(part: float, whole: float) -> str:
    """'41 %'; nothing of nothing."""
    return _signed_percent(part / whole, 0) if whole else ""


def _signed_percent(share: float, decimals: int) -> str:
    return percent(share, decimals).replace("-", "−")
