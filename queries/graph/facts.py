"""What is known of a feature beyond words: the logits that it moves, how often and how strongly it is active, where."""

from datetime import datetime

from pydantic import Field

from queries.graph.records import Finite, Record


class FeatureLogit(Record):
    token: str
    value: Finite | None = Field(
        description="What the feature adds to the token's logit, per unit of activation; null: the source only ranks"
    )


class Histogram(Record):
    values: list[Finite] = Field(description="Where each bar stands")
    heights: list[Finite]


class FeatureExample(Record):
    """A text in which the feature is active."""

    tokens: list[str]
    activations: list[Finite] = Field(description="The feature's activation at each token")


class FeatureFacts(Record):
    """What a source says of a feature. Empty or null: it does not say."""

    origin: str = Field(
        description="What answered: Neuronpedia's `bulk` files, its `batch` or `feature` endpoint or the feature's "
        "`page`; or `set files`, the transcoder set's own as circuit-tracer's viewer reads them"
    )
    fetched_at: datetime
    top_logits: list[FeatureLogit] = Field(description="The highest first")
    bottom_logits: list[FeatureLogit] = Field(description="The lowest first")
    density: Finite | None = Field(description="The share of tokens at which it is active")
    max_activation: Finite | None
    activation_histogram: Histogram | None
    logit_histogram: Histogram | None
    examples: list[FeatureExample] = Field(description="The most active first")
