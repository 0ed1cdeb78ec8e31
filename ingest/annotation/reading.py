"""A feature as Neuronpedia writes it, in its answers, files and pages alike, read into explanations and facts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic import Field, ValidationError

from queries.graph.facts import FeatureExample, FeatureFacts, FeatureLogit, Histogram
from queries.graph.features import PERSON, TOP_LOGITS, UNKNOWN, Explanation
from queries.graph.labels import name_of_logits
from queries.graph.records import Record

MAX_EXAMPLES = 10
"""Example activations that are asked for and kept of a feature."""

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ValidationError)
"""What reading raises that is not in the shape of a feature."""


def why_unreadable(error: BaseException) -> str:
    """What one of UNREADABLE says, for a person."""
    if isinstance(error, KeyError):
        return f"{error} is missing"
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


class Place(NamedTuple):
    """A feature as Neuronpedia names it; `source` is a layer of a set: `20-gemmascope-transcoder-16k`, `number` the
    index of a feature in it."""

    model: str
    source: str
    number: int


class Known(Record):
    """What a source says of a feature; without explanations and facts: that it has no such feature."""

    explanations: list[Explanation] = Field(default_factory=list)
    facts: FeatureFacts | None = None
    is_complete: bool = True
    """False: another source may know more."""


def place_of(entry: Mapping[str, Any]) -> Place:
    """The place that an entry names. Raises one of UNREADABLE."""
    return Place(str(entry["modelId"]), str(entry["layer"]), int(entry["index"]))


def read_known(entry: Mapping[str, Any], origin: str, now: datetime) -> Known:
    """A feature's explanations and facts. Raises one of UNREADABLE."""
    given = entry.get("explanations") or []
    explanations = [read_explanation(one) for one in given if str(one.get("description") or "").strip()]
    return Known(explanations=merged(explanations), facts=read_facts(entry, origin, now))


def read_facts(entry: Mapping[str, Any], origin: str, now: datetime) -> FeatureFacts:
    """Raises one of UNREADABLE."""
    return FeatureFacts(
        origin=origin,
        fetched_at=now,
        top_logits=_logits(entry, "pos")[::-1],
        bottom_logits=_logits(entry, "neg"),
        density=entry.get("frac_nonzero"),
        max_activation=entry.get("maxActApprox"),
        activation_histogram=_histogram(entry, "freq_hist"),
        logit_histogram=_histogram(entry, "logits_hist"),
        examples=most_active(map(read_example, entry.get("activations") or [])),
    )


def read_example(entry: Mapping[str, Any]) -> FeatureExample:
    """Raises one of UNREADABLE."""
    return FeatureExample(tokens=entry["tokens"], activations=entry["values"])


def most_active(examples: Iterable[FeatureExample]) -> list[FeatureExample]:
    """The most active examples that are kept, the most active first."""
    return sorted(examples, key=lambda one: -max(one.activations, default=0.0))[:MAX_EXAMPLES]


def read_explanation(entry: Mapping[str, Any]) -> Explanation:
    """Raises one of UNREADABLE."""
    scores = entry.get("scores") or []
    score = scores[0].get("value") if scores else None
    created = entry.get("createdAt")
    return Explanation(
        text=str(entry["description"]).strip(),
        author=str(entry.get("explanationModelName") or entry.get("authorName") or UNKNOWN),
        type=str(entry.get("typeName") or UNKNOWN),
        score=None if score is None else float(score),
        created_at=datetime.fromisoformat(created) if created else None,
    )


def merged(explanations: Iterable[Explanation]) -> list[Explanation]:
    """The explanations, each once: two sources may give one, and only one of them its author, type, score or time."""
    found: list[Explanation] = []
    for one in explanations:
        place = next((place for place, other in enumerate(found) if same_explanation(one, other)), None)
        if place is None:
            found.append(one)
            continue
        other = found[place]
        found[place] = replace(
            other,
            author=one.author if other.author == UNKNOWN else other.author,
            type=one.type if other.type == UNKNOWN else other.type,
            score=one.score if other.score is None else other.score,
            created_at=other.created_at or one.created_at,
        )
    return found


def said_or_made(known: Known) -> list[Explanation]:
    """A feature's explanations, and the name that is made from its top logits."""
    if known.facts is None or (name := name_of_logits(known.facts.top_logits)) is None:
        return known.explanations
    made = Explanation(name, UNKNOWN, TOP_LOGITS, created_at=known.facts.fetched_at)
    return [*known.explanations, made]


def same_explanation(one: Explanation, other: Explanation) -> bool:
    """Whether they are one: the same words, and nothing known of the one that contradicts the other. What a person says
    is never a program's."""
    pairs = ((one.author, other.author), (one.type, other.type))
    return (
        one.text == other.text
        and (one.type == PERSON) == (other.type == PERSON)
        and all(a == b or UNKNOWN in (a, b) for a, b in pairs)
    )


def _logits(entry: Mapping[str, Any], which: str) -> list[FeatureLogit]:
    """The lowest first."""
    values, tokens = entry.get(f"{which}_values") or [], entry.get(f"{which}_str") or []
    pairs = sorted(zip(map(float, values), tokens, strict=True), key=itemgetter(0))
    return [FeatureLogit(token=token, value=value) for value, token in pairs]


def _histogram(entry: Mapping[str, Any], which: str) -> Histogram | None:
    values, heights = entry.get(f"{which}_data_bar_values"), entry.get(f"{which}_data_bar_heights")
    return Histogram(values=values, heights=heights) if values and heights else None
