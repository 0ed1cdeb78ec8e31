"""How the command line words nodes, graphs, jobs and numbers, from the API's JSON."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.client.client import Json

SHORT_ID = 12
"""Characters of a graph id that are shown; every command takes a unique beginning."""


def printable(text: str) -> str:
    """Text on one line. Control characters are escaped: prompts come from strangers and must not steer a terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def node_name(node: "Json") -> str:
    """'Dallas', 'Texas' (a feature's label), 'L12/345' (a feature without one), 'error L12'."""
    if node["kind"] == "feature":
        return str(node["label"] or feature_name(node))
    if node["kind"] == "error":
        return f"{node['site'] or ''} error L{node['layer']}".strip()
    return token(node["token"])


def feature_name(feature: "Json") -> str:
    """'L12/345'; of attention 'L12/345/attn'"""
    site = feature.get("site")
    return f"L{feature['layer']}/{feature['index']}" + (f"/{site}" if site else "")


def member_name(node: "Json") -> str:
    """A node within its group: beside the label that it shares with others stands its feature."""
    feature = feature_name(node)
    return f"{node['label']} {feature}" if node["kind"] == "feature" and node["label"] else node_name(node)


def step_name(step: "Json") -> str:
    """The name of a group, or of the one node that is a group of its own."""
    return str(step["name"]) if step["name"] is not None else node_name(step | {"label": None})


def group_name(group: "Json") -> str:
    """The name of a tested group; of a node that is a group of its own, its feature at its position: 'L1/115 @ 9'."""
    if group["name"] is not None:
        return str(group["name"])
    _, _, layer, position, index = group["nodes"][0].split("/")[:5]
    return f"L{layer}/{index} @ {position}"


def token(token: str) -> str:
    """Without the space that it begins with; quoted where it is nothing but space."""
    return token.strip() or repr(token)


def with_difference(answer: "Json") -> "Json":
    """An answer to `paths` or `circuit` whose target is a difference of logits, with its name on the node where paths
    end: 'Austin rather than Dallas'. Any other answer as it is."""
    other = answer["rather_than"]
    if other is None:
        return answer
    name = f"{node_name(answer['targets'][0]['node'])} rather than {node_name(other)}"
    singles = [
        *(answer.get("paths") or []),
        *(one for group in answer.get("groups") or [] for one in group["best_members"]),
    ]
    ends = [one["node"] for one in answer["targets"]]
    ends += [path["nodes"][-1] for path in singles]
    ends += [group["sequence"][-1] for group in answer.get("groups") or []]
    of_target = [answer["targets"][0]["node"]["id"]]
    ends += [one["group"] for one in answer.get("nodes", []) if one["group"]["nodes"] == of_target]
    for end in ends:
        end["token"] = name
    return answer


def target(record: "Json") -> str:
    """What a graph explains first: 'Austin 43.2 %'; without the weight of a direction, which is no probability."""
    first = record["prediction"]
    probability = None if record["target_kind"] == "directions" else first["probability"]
    return f"{token(first['token'])} {percent(probability, 1)}".strip()


def outcome(record: "Json") -> str:
    """'predicts Austin 43.2 %'; of a graph whose targets were chosen, 'target Austin 43.2 %'."""
    return f"{'predicts' if record['target_kind'] == 'predictions' else 'target'} {target(record)}"


def faithfulness(record: "Json") -> str:
    """', faithful to 0.89 (random features 0.09)'; empty for a graph that is not verified."""
    if record["faithfulness"] is None:
        return ""
    return f", faithful to {record['faithfulness']:.2f} (random features {record['faithfulness_random']:.2f})"


def dropped(imported: "Json") -> str:
    """What an import did not store: '; dropped 3 zero links, 1 pin'. Empty where it stored all."""
    parts = [
        f"{number:,} {name.replace('_', ' ').removesuffix('s') + 's' * (number > 1)}"
        for name, number in imported["dropped"].items()
        if number
    ]
    return f"; dropped {', '.join(parts)}" if parts else ""


def percent(share: float | None, decimals: int) -> str:
    return "" if share is None else f"{share:.{decimals}%}".replace("%", " %")


def count(value: int, rounded: bool) -> str:
    return f"{value:.3g}" if rounded else f"{value:,}"


def counted(value: int, singular: str) -> str:
    """'1 graph', '2,000 graphs'"""
    return f"{value:,} {singular}{'' if value == 1 else 's'}"


def number(value: float) -> str:
    return f"{value:.4g}"


def signed(value: float) -> str:
    """A number with its sign: '+4.2', '−0.31'."""
    return f"{value:+.3g}".replace("-", "−")


def minute(moment: str) -> str:
    """A moment in local time."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def progress(job: "Json") -> str:
    """A job's phase; while it runs, with the part that is done: 'trace 40%'."""
    if job["phase"] is None or job["state"] != "running":
        return job["phase"] or ""
    return f"{job['phase']} {job['done'] / job['total']:.0%}" if job["total"] else str(job["phase"])
