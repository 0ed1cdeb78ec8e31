"""Every error that a user can meet has one root; each leaf is named for the fact and carries its values.

The HTTP status of each is in one table, `api.http.errors.STATUSES`.
"""

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

MAX_QUOTED = 200
"""Characters of what a stranger wrote that an error repeats."""


class CircuitExplorerError(Exception):
    """Root of all errors that are told to a user. `str(error)` is a sentence for people.

    A leaf is a dataclass of its values, all of which JSON can hold: `to_json` takes it from process to process. It
    compares by identity, like any exception.
    """

    template: ClassVar[str]
    """The sentence, with the values' names in braces; a list is joined by commas."""

    def __post_init__(self) -> None:
        super().__init__(self.sentence())

    def sentence(self) -> str:
        values = vars(self).items()
        return self.template.format(
            **{
                name: ", ".join(value) if isinstance(value, list) else _cut(name, value)
                for name, value in values
            }
        )


def quoted(value: object) -> str:
    """What a stranger gave, as an error repeats it."""
    try:
        return str(_cut("", repr(value)))
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a number of thousands of digits"


def _cut(name: str, value: Any) -> Any:
    """A value of an error for its sentence; `why` is a sentence already."""
    if name == "why" or not isinstance(value, str) or len(value) <= MAX_QUOTED:
        return value
    return f"{value[:MAX_QUOTED]}…"


def to_json(error: CircuitExplorerError) -> dict[str, Any]:
    """`{"error": its name, "values": its values}`, for `from_json` in another process."""
    return {"error": type(error).__name__, "values": vars(error)}


def from_json(error: str, values: Mapping[str, Any]) -> CircuitExplorerError | None:
    """The leaf of this name with these values; None where this module has no such leaf."""
    leaf = globals().get(error)
    if not (isinstance(leaf, type) and issubclass(leaf, CircuitExplorerError)):
        return None
    try:
        return leaf(**values)
    except TypeError:  # written by another version
        return None


@dataclass(eq=False)
class GraphNotFound(CircuitExplorerError):
    graph_id: str
    template = "There is no graph {graph_id!r}."


@dataclass(eq=False)
class JobNotFound(CircuitExplorerError):
    job_id: str
    template = "There is no job {job_id!r}."


@dataclass(eq=False)
class JobEnded(CircuitExplorerError):
    """A job that cannot be cancelled any more."""

    job_id: str
    state: str
    template = "The job {job_id!r} is {state}: there is nothing to cancel."


@dataclass(eq=False)
class JobNotRetried(CircuitExplorerError):
    """A job that did not fail."""

    job_id: str
    state: str
    template = "The job {job_id!r} is {state}: jobs that failed or were cancelled can be tried again."


@dataclass(eq=False)
class InvalidGraph(CircuitExplorerError):
    """A graph that cannot be stored: `where` names the field, node or link, `why` the fault."""

    where: str
    why: str
    template = "{where}: {why}"


@dataclass(eq=False)
class InvalidDataSet(CircuitExplorerError):
    """A folder that is no whole data set of graphs in Parquet: `why` says what is wrong with it."""

    place: str
    why: str
    template = "The Parquet data set {place} cannot be used: {why}"


@dataclass(eq=False)
class InvalidRequest(CircuitExplorerError):
    """A question that cannot be asked: `parameter` names it, `why` the fault."""

    parameter: str
    why: str
    template = "{parameter}: {why}"


@dataclass(eq=False)
class UnknownModel(CircuitExplorerError):
    model: str
    known: list[str]
    template = "Unknown model {model!r}. This server knows: {known}."


@dataclass(eq=False)
class UnknownTranscoders(CircuitExplorerError):
    transcoders: str
    model: str
    known: list[str]
    template = "Unknown transcoder set {transcoders!r} for the model {model!r}. Known: {known}."


@dataclass(eq=False)
class EmptyPrompt(CircuitExplorerError):
    template = "The prompt is empty: give at least one token to attribute from."


@dataclass(eq=False)
class PromptTooLong(CircuitExplorerError):
    n_tokens: int
    context_length: int
    model: str
    template = "The prompt has {n_tokens} tokens; the model {model!r} reads at most {context_length}."


@dataclass(eq=False)
class NoChatTemplate(CircuitExplorerError):
    """Messages for a model that was not made for chats."""

    model: str
    template = "The model {model!r} has no chat template, so it takes no messages: give a prompt."


@dataclass(eq=False)
class TokenizerUnavailable(CircuitExplorerError):
    """A model whose tokens this server cannot make: `why` says what is missing."""

    model: str
    why: str
    template = "The tokens of the model {model!r} are not known here: {why}"


@dataclass(eq=False)
class DatabaseUnavailable(CircuitExplorerError):
    """The database cannot be opened or reached; waiting may help."""

    url: str
    why: str
    template = "The database {url} cannot be used: {why}"


@dataclass(eq=False)
class ReadOnlyDataSet(CircuitExplorerError):
    """Something was to be stored, changed or deleted in a data set, which is only read."""

    url: str
    template = (
        "{url} is a data set, which is only read. To add to its graphs, copy them into a database: "
        "circuit-explorer copy {url} ladybug:///FILE"
    )


@dataclass(eq=False)
class DatabaseRefused(CircuitExplorerError):
    """The database answers, but not to us (wrong user, password or database name): waiting does not help."""

    url: str
    why: str
    template = "The database {url} refuses: {why}"


@dataclass(eq=False)
class UnsupportedServer(CircuitExplorerError):
    url: str
    found: str
    oldest: str
    template = "The database {url} is Neo4j {found}; Neo4j {oldest} or newer is needed."


OUT_OF_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The errnos of a write that had no room."""


@dataclass(eq=False)
class StorageFull(CircuitExplorerError):
    """The database or the data folder has no room left. Nothing was stored; what was stored before is unharmed."""

    url: str
    why: str
    template = "There is no room to write in {url}, and nothing was stored: {why}"


@dataclass(eq=False)
class SourceUnavailable(CircuitExplorerError):
    """Another server, from which a graph was to be fetched, did not give it."""

    url: str
    why: str
    template = "The graph could not be fetched from {url}: {why}."


@dataclass(eq=False)
class FeatureNotFound(CircuitExplorerError):
    model: str
    transcoder_set: str
    layer: int
    index: int
    template = "No stored graph holds feature {index} of layer {layer} of {model!r} and {transcoder_set!r}."


@dataclass(eq=False)
class HeadNotFound(CircuitExplorerError):
    model: str
    layer: int
    head: int
    template = "The internals of no stored graph tell of head {layer}.{head} of {model!r}."


@dataclass(eq=False)
class ViewNotFound(CircuitExplorerError):
    graph_id: str
    view: str
    known: list[str]

    def sentence(self) -> str:
        views = ", ".join(map(quoted, self.known)) or "none"
        return f"The graph {quoted(self.graph_id)} has no view {quoted(self.view)}. Its views: {views}."


@dataclass(eq=False)
class SupernodeNotFound(CircuitExplorerError):
    view: str
    supernode: str
    known: list[str]

    def sentence(self) -> str:
        names = ", ".join(map(quoted, self.known)) or "none"
        return f"The view {quoted(self.view)} has no supernode {quoted(self.supernode)}. Its supernodes: {names}."


@dataclass(eq=False)
class ViewChanged(CircuitExplorerError):
    """A view is not at the revision that its writer read; 0: there is none."""

    view: str
    read: int
    revision: int

    def sentence(self) -> str:
        name = quoted(self.view)
        if self.revision == 0:
            return f"The view {name}, read at revision {self.read}, is not there: somebody deleted it."
        if self.read == 0:
            return f"There is a view {name} already, at revision {self.revision}: read it first, or take another name."
        return (
            f"The view {name} is at revision {self.revision} by now, and this change is of revision {self.read}: "
            "somebody else changed it. Read it again."
        )


@dataclass(eq=False)
class CollectionNotFound(CircuitExplorerError):
    name: str
    template = "There is no collection {name!r}."


@dataclass(eq=False)
class CollectionExists(CircuitExplorerError):
    name: str
    template = "There is a collection {name!r} already: take another name, or add graphs to it."


@dataclass(eq=False)
class SavedQueryNotFound(CircuitExplorerError):
    name: str
    template = "There is no saved query {name!r}."


@dataclass(eq=False)
class SavedQueryExists(CircuitExplorerError):
    name: str
    template = "There is a saved query {name!r} already."


@dataclass(eq=False)
class IncomparableGraphs(CircuitExplorerError):
    """`transcoder_sets` names the model and transcoder set of each graph's id."""

    transcoder_sets: dict[str, tuple[str, str]]

    def sentence(self) -> str:
        sets = self.transcoder_sets.items()
        return (
            "A feature belongs to one model and transcoder set, so that these graphs can share none: "
            + "; ".join(f"{graph} is of {model!r} and {used!r}" for graph, (model, used) in sets)
        )


@dataclass(eq=False)
class UnknownQuery(CircuitExplorerError):
    name: str
    known: list[str]
    template = "There is no query named {name!r}. Known: {known}."


@dataclass(eq=False)
class InvalidQuery(CircuitExplorerError):
    """Cypher that the engine cannot read or run: `why` is its own sentence."""

    why: str
    template = "{why}"


@dataclass(eq=False)
class QueryRefused(CircuitExplorerError):
    """Cypher that does more than read the stored graphs: `why` says how."""

    why: str
    template = "Only reading queries are run: {why}"


@dataclass(eq=False)
class QueryTimeout(CircuitExplorerError):
    timeout: float
    template = (
        "The query was ended after {timeout:g} seconds. Bound it (shorter paths, fewer starting nodes, a "
        "LIMIT), or give it more time."
    )


@dataclass(eq=False)
class ServerBusy(CircuitExplorerError):
    """Too much else is asked of the server at this moment: waiting helps. `why` says what."""

    why: str
    template = "The server is busy: {why}. Ask again in a while."


@dataclass(eq=False)
class QueryTooLarge(CircuitExplorerError):
    """The query needed more memory than it may use."""

    why: str
    template = "The query was ended: {why}"


@dataclass(eq=False)
class QueryUnstoppable(CircuitExplorerError):
    """Cypher in which no engine could be stopped: `what` names the part and its place, `instead` what to do."""

    what: str
    instead: str
    template = "The query was not begun, since nothing could stop it in {what}. {instead}"


@dataclass(eq=False)
class TooManyOutlive(CircuitExplorerError):
    """So many queries go on in the database after their end that no other of a person's is begun."""

    number: int
    template = (
        "The database goes on with {number} queries that were ended and that it cannot stop; /api/health names them. "
        "No other is begun until one of them ends or the database is restarted. Named queries and all else go on."
    )


@dataclass(eq=False)
class UnsupportedSchema(CircuitExplorerError):
    """A newer database, or an older one where it may not be changed."""

    found: int
    supported: int

    def sentence(self) -> str:
        if self.found > self.supported:
            known, advice = f"knows versions up to {self.supported}", "Use a newer Circuit Explorer."
        else:
            known = f"reads version {self.supported}"
            advice = "Start a server on it once, which brings it up to date."
        return f"The database has schema version {self.found}; this program {known}. {advice}"


@dataclass(eq=False)
class WorkerUnavailable(CircuitExplorerError):
    """This server cannot trace prompts (torch and circuit-tracer are not installed)."""

    why: str
    template = "{why}"


@dataclass(eq=False)
class TraceFailed(CircuitExplorerError):
    """Tracing ended without a graph: `why` is the model's or the tracing process's own sentence."""

    why: str
    template = "{why}"


@dataclass(eq=False)
class WeightsUnavailable(CircuitExplorerError):
    """A model or a transcoder set that is not on this machine and cannot be fetched: `why` says so, and what to do."""

    source: str
    why: str
    template = "{source} cannot be fetched: {why}"


@dataclass(eq=False)
class WeightsTooLarge(CircuitExplorerError):
    """Weights that the disk or the memory has no room for: `why` has the figures, and what to do."""

    source: str
    why: str
    template = "{source} does not fit: {why}"


@dataclass(eq=False)
class UnsupportedModel(CircuitExplorerError):
    """A model or a transcoder set that circuit-tracer cannot load: `why` says so, and what to do."""

    source: str
    why: str
    template = "{source} cannot be traced: {why}"


@dataclass(eq=False)
class TranscodersMismatch(CircuitExplorerError):
    """Transcoders that were trained on another model: `why` says in what they differ."""

    transcoders: str
    model: str
    why: str
    template = "The transcoder set {transcoders!r} is not one of the model {model!r}: {why}"


@dataclass(eq=False)
class DeviceUnavailable(CircuitExplorerError):
    """The machine that traces has no such device: `why` says which it has."""

    device: str
    why: str
    template = "There is no device {device!r} here: {why}"


@dataclass(eq=False)
class TracesUnavailable(CircuitExplorerError):
    """The place of the kept traces cannot be opened, reached or written."""

    place: str
    why: str
    template = "The kept traces at {place} cannot be used: {why}"


@dataclass(eq=False)
class TraceNotKept(CircuitExplorerError):
    """The trace that a graph was pruned from is not here."""

    graph_id: str
    why: str
    template = "The whole trace of the graph {graph_id!r} is not kept here: {why}."


@dataclass(eq=False)
class GraphNotReproduced(CircuitExplorerError):
    """The loaded model is not the one that a graph was made with: `why` says how they differ, `deviation` is the
    largest of an activation, as a share of the stored one; 1 where none could be compared."""

    graph_id: str
    why: str
    deviation: float
    template = "The model that this server has does not reproduce the graph {graph_id!r}: {why}."


@dataclass(eq=False)
class InterventionNotFound(CircuitExplorerError):
    intervention_id: str
    template = "There is no intervention {intervention_id!r}."


@dataclass(eq=False)
class VerificationNotFound(CircuitExplorerError):
    """`groups`: ' in groups by label', or nothing where any would do."""

    graph_id: str
    groups: str
    template = "The graph {graph_id!r} has not been verified{groups}."


@dataclass(eq=False)
class UnsupportedArchitecture(CircuitExplorerError):
    """A model whose internals cannot be told: `why` says what was found of it."""

    architecture: str
    why: str
    template = "The internals of {architecture} cannot be shown: {why}."


@dataclass(eq=False)
class InternalsNotComputed(CircuitExplorerError):
    """The internals of a graph's prompt, or a part of them, are not here: `why` says so, and what to do."""

    graph_id: str
    why: str
    template = "The internals of the graph {graph_id!r} are not here: {why}."
