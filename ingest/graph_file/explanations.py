"""The explanations in a file that this program exported: what named its features beside the graph's own labels."""

from datetime import UTC, datetime
from typing import Any

from ingest.graph_file.faults import Faults
from ingest.graph_file.spelling import finite, quoted, text, whole
from queries.errors import InvalidGraph
from queries.graph.features import UNKNOWN, Explanation, FeatureId, feature_id


def read_explanations(entries: Any, faults: Faults) -> dict[FeatureId, list[Explanation]]:
    """`entries` is the file's `explanations`, None where it has none. Raises InvalidGraph."""
    if entries is None:
        return {}
    if not isinstance(entries, list):
        raise InvalidGraph("explanations", f"must be a list, not {quoted(entries)}")
    found: dict[FeatureId, list[Explanation]] = {}
    for number, entry in enumerate(entries):
        with faults.collected():
            feature, explanation = _explanation(entry, f"explanations[{number}]")
            found.setdefault(feature, []).append(explanation)
    faults.check()
    return found


def _explanation(entry: Any, where: str) -> tuple[FeatureId, Explanation]:
    if not isinstance(entry, dict):
        raise InvalidGraph(where, "must be an object")
    layer, index = (whole(entry.get(name), f"{where}.{name}") for name in ("layer", "index"))
    said, author, type, site, created = (
        text(entry.get(name), f"{where}.{name}") for name in ("text", "author", "type", "site", "created_at")
    )
    if not said:
        raise InvalidGraph(f"{where}.text", "it has no words")
    score = None if entry.get("score") is None else finite(entry["score"], f"{where}.score")
    return feature_id(layer, index, site or None), Explanation(
        said, author or UNKNOWN, type or UNKNOWN, score, _time(created, f"{where}.created_at")
    )


def _time(spelled: str, where: str) -> datetime | None:
    """Raises InvalidGraph."""
    try:
        return datetime.fromisoformat(spelled).astimezone(UTC) if spelled else None
    except (ValueError, OverflowError):
        raise InvalidGraph(where, f"{quoted(spelled)} is not a time") from None
