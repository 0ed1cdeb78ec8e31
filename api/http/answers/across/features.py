"""What may be asked of the graphs of a feature, and a page of them."""

from pydantic import Field

from api.http.answers.graphs import next_of, place_in
from queries.graph.features import FiringGraph
from queries.graph.records import Record
from queries.store.across.features import place_of
from queries.store.rows import PlaceInList
from queries.words import DEFAULT_LISTED, MAX_LISTED, FeatureSort


class FeatureGraphsQuestion(Record):
    site: str | None = Field(None, description="`attn` for a feature of attention; else one of the MLP")
    sort: FeatureSort = Field(
        "influence",
        description="By the largest influence or activation of the feature's nodes in a graph, those without one "
        "last, or newest first",
    )
    limit: int = Field(
        DEFAULT_LISTED, ge=1, le=MAX_LISTED, description="At most this many graphs are answered"
    )
    after: str | None = Field(None, description="The `next` of the page before; without it, the first page")

    @property
    def place(self) -> PlaceInList | None:
        """Raises InvalidRequest."""
        return place_in(self.after, is_ranked=self.sort != "newest")


class FeatureGraphsAnswer(Record):
    """A page of the graphs in which a feature fires."""

    graphs: list[FiringGraph] = Field(description="In the order that was asked for")
    next: str | None = Field(description="What `after` is for the next page; null: this is the last")


def feature_graphs_page(graphs: list[FiringGraph], asked: FeatureGraphsQuestion) -> FeatureGraphsAnswer:
    """The page of the first graphs, one fewer than are given where there is another page."""
    next = None
    if len(graphs) > asked.limit:
        next = next_of(place_of(graphs[asked.limit - 1], asked.sort), is_ranked=asked.sort != "newest")
    return FeatureGraphsAnswer(graphs=graphs[: asked.limit], next=next)
