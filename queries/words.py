"""Words, defaults and bounds that the API, the command line and notebooks share.

The command line's help shows them too, so this module imports nothing heavy.
"""

from typing import Literal, TypeAlias, get_args

GroupBy: TypeAlias = Literal["auto", "feature", "label", "position", "layer", "supernode"]
"""What groups feature nodes: the graph's edges alone (`queries.groups`), Feature (any position), label, token position,
layer, or drawn supernode."""
GROUPINGS: tuple[GroupBy, ...] = get_args(GroupBy)

Unlabelled: TypeAlias = Literal["own", "one", "auto"]
"""The grouping of feature nodes without a label or supernode: each a group of its own, all of them one, or automatic
groups."""
MIN_GROUPS, MAX_GROUPS = 4, 40
"""Automatic groups that can be asked for."""

LabelRule: TypeAlias = Literal["own", "borrowed", "made"]
"""Which labels show and group feature nodes: only what people, the graph itself and explanations say; also those of
other stored graphs; also names made from top logits."""
LABEL_RULES: tuple[LabelRule, ...] = get_args(LabelRule)
DEFAULT_LABELS: LabelRule = "made"

LabelSource: TypeAlias = Literal["person", "graph", "explanation", "borrowed", "logits"]
"""What a label comes from, in the order in which they win."""
LABEL_SOURCES: tuple[LabelSource, ...] = get_args(LabelSource)

Sign: TypeAlias = Literal["all-positive", "positive", "negative"]
"""The weights that a path may have: all of them positive, or their product positive or negative."""

Side: TypeAlias = Literal["raises", "lowers"]
"""The paths of one side: those that raise the target, or those that lower it; the groups that do so on balance."""

SELECTORS = {
    "KIND/LAYER/POSITION/INDEX": "one node: the end of its id, or the whole id; with /attn, one of attention",
    "feature:LAYER/INDEX": "a feature's nodes, at every position; with /attn, one of attention",
    "label:TEXT": "the feature nodes shown with this label",
    "layer:NUMBER": "the feature nodes of a layer",
    "position:NUMBER": "the feature nodes at a token position; as a source, the embedding there",
    "token:TEXT": "the embedding nodes of a token; as a target, the logit",
    "supernode:NAME": "the nodes that a drawn supernode holds",
    "group:NAME": "the nodes of an automatic group, of the graph's own number, towards the most probable logit",
    "embeddings, errors, logits": "all nodes of a kind",
}
"""Each form of a selector, and the nodes that it names."""
ANY_OF = "|"
ANY_OF_MEANING = f"selectors with {ANY_OF} between them name what any of them does"

KindWord: TypeAlias = Literal["embedding", "feature", "error", "logit"]
"""The kinds of node as keys and JSON write them, in the order of `queries.graph.attribution_graph.NodeKind`."""
KIND_WORDS: tuple[KindWord, ...] = get_args(KindWord)

Engine: TypeAlias = Literal["ladybug", "neo4j"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
"""The graph databases that can be used."""

Dtype: TypeAlias = Literal["float32", "bfloat16", "float16"]
"""The types of a model's weights, as torch names them."""
DTYPES: tuple[Dtype, ...] = get_args(Dtype)
Offload: TypeAlias = Literal["none", "cpu", "disk"]
"""Where circuit-tracer puts the modules of a model that a trace needs no more, until the trace ends."""
OFFLOADS: tuple[Offload, ...] = get_args(Offload)
DEVICE = r"^(cpu|mps|cuda(:[0-9]{1,2})?)$"
"""The pattern of a device, as torch names it."""

DEFAULT_PATHS, MAX_PATHS = 10, 10_000
"""Paths, or group sequences, in an answer."""
MAX_BEST_MEMBERS = 100
"""Single paths listed with each group sequence of an answer."""
MAX_THROUGH = 8
"""`through` items of a question."""
MAX_SELECTORS = 100
"""Selectors in any other parameter of a question."""
DEFAULT_MIN_LENGTH, MAX_LENGTH = 2, 1000
"""Edges of a path: the default lower limit; the highest limit that a question may set."""

DEFAULT_CIRCUIT, MAX_CIRCUIT = 10, 100
"""Groups of a circuit."""
DEFAULT_RANDOM, MAX_RANDOM = 20, 100
"""Random circuits scored beside one."""
MAX_CHANGES = 2000
"""Features that one intervention may change."""

MIN_GRAPHS, MAX_GRAPHS = 2, 8
"""Graphs in one comparison."""
DEFAULT_SEQUENCES, MAX_SEQUENCES = 100, 1000
"""Best sequences of each compared graph."""
DEFAULT_SHARED, MAX_SHARED = 50, 500
"""Best group sequences of each of a collection's graphs; features, and sequences, in the answer to what they share."""
CompareBy: TypeAlias = Literal["feature", "label", "supernode"]
"""What makes feature nodes of several graphs one step of their paths."""
COMPARE_BY: tuple[CompareBy, ...] = get_args(CompareBy)

DEFAULT_LIMIT, MAX_LIMIT = 10_000, 100_000
"""Rows of a Cypher query."""
DEFAULT_TIMEOUT, MIN_TIMEOUT, MAX_TIMEOUT = 10.0, 0.1, 60.0
"""Seconds that a Cypher query may take."""

TargetKind: TypeAlias = Literal["predictions", "tokens", "directions"]
"""The logit nodes of a graph: the most probable tokens, tokens that were chosen, or directions."""
MAX_TARGETS = 1000
"""Targets of an attribution, and terms of one that is a sum of logits."""

MAX_INTEGER = 2**31 - 1
"""The bound of whole numbers that have no better one: below what any engine, array or file holds."""

FIRST_VIEW = "main"
"""The view that the command line makes where a graph has none."""
MAX_VIEWS = 100
"""Views of a graph."""
MAX_PINNED, MAX_SUPERNODES, MAX_MEMBERS = 10_000, 500, 20_000
"""Of a view; members are those of all its supernodes."""
MAX_TESTS = 1000
"""Tests that a view holds."""
MAX_NAME, MAX_NOTES = 200, 10_000
"""Characters of the name of a graph, view or supernode, and of the notes of a graph or view."""
MAX_STATE, MAX_STATE_DEPTH = 1_000_000, 32
"""Characters of a view's state as JSON, and how deep it may be nested."""

DEFAULT_LISTED, MAX_LISTED = 100, 1000
"""Graphs, or prompts, in a page of their list."""
MAX_SEARCH, MAX_WORDS = 500, 16
"""Characters and words that are searched for."""

MAX_TOLD_GRAPHS = 20
"""Graphs that the record of a feature tells."""
FeatureSort: TypeAlias = Literal["influence", "activation", "newest"]
"""The order of the graphs in which a feature fires: by the largest influence or activation of its nodes there, or
newest first."""
FEATURE_SORTS: tuple[FeatureSort, ...] = get_args(FeatureSort)

SearchKind: TypeAlias = Literal["collections", "graphs", "views", "features"]
"""What a search finds."""
DEFAULT_FOUND, MAX_FOUND = 8, 50
"""Things of each kind that a search finds."""
MAX_SOUGHT, MAX_SOUGHT_WORDS = 200, 10
"""Characters and words of a search."""

MAX_COLLECTED = 10_000
"""Graphs that are put into a collection, or taken out of it, at once."""

MAX_QUERY = 100_000
"""Characters of a Cypher query."""
MAX_SAVED_QUERIES = 1000
"""Queries that people save; their notes are as long as a view's."""

ExportFormat: TypeAlias = Literal["graph-json", "graphml", "node-link", "csv", "parquet"]
"""The formats in which a graph is exported; `queries.exports.formats` writes them."""
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)

MAX_EXPORTED = 500
"""Graphs that a data set can be asked for by their ids."""

DEFAULT_JOBS, MAX_JOBS = 50, 1000
"""Jobs listed, newest first."""
MAX_BATCH = 10_000
"""Prompts that are queued at once."""

Role: TypeAlias = Literal["system", "developer", "user", "assistant"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Who says a message of a chat; a model's template may know fewer."""
MAX_MESSAGES = 200
"""Messages of a chat."""
MAX_SPLIT = 100_000
"""Characters of a prompt that is split into tokens while somebody waits."""
MAX_JOB_TOKENS, MAX_JOB_PREDICTIONS = 256, 10
"""Tokens of its prompt, and likely next tokens, that a job's record has."""

DEFAULT_THRESHOLDS = {"node": 0.8, "edge": 0.98}
"""Shares of cumulative influence that pruning keeps."""
