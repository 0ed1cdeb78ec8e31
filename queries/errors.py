"""Every error that a user can meet has one root; each leaf is named for the fact and carries its values.

The HTTP status of each is in one table, `api.http.errors.STATUSES`.
"""

import errno


class CircuitExplorerError(Exception):
    """Root of all errors that are told to a user. `str(error)` is a sentence for people."""


class GraphNotFound(CircuitExplorerError):
    def __init__(self, graph_id: str) -> None:
        self.graph_id = graph_id
        super().__init__(f"There is no graph {graph_id!r}.")


class JobNotFound(CircuitExplorerError):
    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(f"There is no job {job_id!r}.")


class InvalidGraph(CircuitExplorerError):
    """A graph that cannot be stored: `where` names the field, node or link, `why` the fault."""

    def __init__(self, where: str, why: str) -> None:
        self.where, self.why = where, why
        super().__init__(f"{where}: {why}")


class InvalidRequest(CircuitExplorerError):
    """A question that cannot be asked: `parameter` names it, `why` the fault."""

    def __init__(self, parameter: str, why: str) -> None:
        self.parameter, self.why = parameter, why
        super().__init__(f"{parameter}: {why}")


class UnknownModel(CircuitExplorerError):
    def __init__(self, model: str, known: list[str]) -> None:
        self.model, self.known = model, known
        super().__init__(f"Unknown model {model!r}. This server knows: {', '.join(known)}.")


class UnknownTranscoders(CircuitExplorerError):
    def __init__(self, transcoders: str, model: str, known: list[str]) -> None:
        self.transcoders, self.model, self.known = transcoders, model, known
        super().__init__(
            f"Unknown transcoder set {transcoders!r} for the model {model!r}. Known: {', '.join(known)}."
        )


class EmptyPrompt(CircuitExplorerError):
    def __init__(self) -> None:
        super().__init__("The prompt is empty: give at least one token to attribute from.")


class PromptTooLong(CircuitExplorerError):
    def __init__(self, n_tokens: int, context_length: int, model: str) -> None:
        self.n_tokens, self.context_length, self.model = n_tokens, context_length, model
        super().__init__(
            f"The prompt has {n_tokens} tokens; the model {model!r} reads at most {context_length}."
        )


class DatabaseUnavailable(CircuitExplorerError):
    """The database cannot be opened or reached; waiting may help."""

    def __init__(self, url: str, why: str) -> None:
        self.url, self.why = url, why
        super().__init__(f"The database {url} cannot be used: {why}")


class DatabaseRefused(CircuitExplorerError):
    """The database answers, but not to us (wrong user, password or database name): waiting does not help."""

    def __init__(self, url: str, why: str) -> None:
        self.url, self.why = url, why
        super().__init__(f"The database {url} refuses: {why}")


class UnsupportedServer(CircuitExplorerError):
    def __init__(self, url: str, found: str, oldest: str) -> None:
        self.url, self.found, self.oldest = url, found, oldest
        super().__init__(f"The database {url} is Neo4j {found}; Neo4j {oldest} or newer is needed.")


OUT_OF_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The numbers by which the system says that a write had no room."""


class StorageFull(CircuitExplorerError):
    """The database or the data folder has no more room. What it held is unharmed, what was to be stored not there."""

    def __init__(self, url: str, why: str) -> None:
        self.url, self.why = url, why
        super().__init__(f"There is no room to write in {url}, and nothing was stored: {why}")


class FeatureNotFound(CircuitExplorerError):
    def __init__(self, model: str, transcoder_set: str, layer: int, index: int) -> None:
        self.model, self.transcoder_set, self.layer, self.index = model, transcoder_set, layer, index
        super().__init__(
            f"No stored graph holds feature {index} of layer {layer} of {model!r} and {transcoder_set!r}."
        )


class IncomparableGraphs(CircuitExplorerError):
    """`transcoder_sets` names the model and transcoder set of each graph's id."""

    def __init__(self, transcoder_sets: dict[str, tuple[str, str]]) -> None:
        self.transcoder_sets = transcoder_sets
        named = (f"{graph} is of {model!r} and {used!r}" for graph, (model, used) in transcoder_sets.items())
        super().__init__(
            "A feature belongs to one model and transcoder set, so that these graphs can share none: "
            + "; ".join(named)
        )


class UnknownQuery(CircuitExplorerError):
    def __init__(self, name: str, known: list[str]) -> None:
        self.name, self.known = name, known
        super().__init__(f"There is no query named {name!r}. Known: {', '.join(known)}.")


class InvalidQuery(CircuitExplorerError):
    """Cypher that the engine cannot read or run: `why` is its own sentence."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class QueryRefused(CircuitExplorerError):
    """Cypher that does more than read the stored graphs: `why` names what."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"Only reading queries are run: {why}")


class QueryTimeout(CircuitExplorerError):
    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        super().__init__(
            f"The query was ended after {timeout:g} seconds. Bound it (shorter paths, fewer starting nodes, a "
            "LIMIT), or give it more time."
        )


class QueryTooLarge(CircuitExplorerError):
    """The query needed more memory than it may use."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The query was ended: {why}")


class UnsupportedSchema(CircuitExplorerError):
    """A newer database, or an older one where it may not be changed."""

    def __init__(self, found: int, supported: int) -> None:
        self.found, self.supported = found, supported
        if found > supported:
            known, what = f"knows versions up to {supported}", "Use a newer Circuit Explorer."
        else:
            known, what = (
                f"reads version {supported}",
                "Start a server on it once, which brings it up to date.",
            )
        super().__init__(f"The database has schema version {found}; this program {known}. {what}")


class WorkerUnavailable(CircuitExplorerError):
    """This server cannot trace prompts (torch and circuit-tracer are not installed)."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class TraceFailed(CircuitExplorerError):
    """Tracing ended without a graph: `why` is the model's or the tracing process's own sentence."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class TracesUnavailable(CircuitExplorerError):
    """The place of the kept traces cannot be opened, reached or written."""

    def __init__(self, place: str, why: str) -> None:
        self.place, self.why = place, why
        super().__init__(f"The kept traces at {place} cannot be used: {why}")


class TraceNotKept(CircuitExplorerError):
    """The whole matrix that a graph was pruned from is not here."""

    def __init__(self, graph_id: str, why: str) -> None:
        self.graph_id, self.why = graph_id, why
        super().__init__(f"The whole trace of the graph {graph_id!r} is not kept here: {why}.")
