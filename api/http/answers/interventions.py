"""Predictions, interventions, verifications and donors as answers."""

from pydantic import Field

from queries.graph.interventions import ChangedFeature, Intervention, Predicted, Verification
from queries.graph.records import GraphRecord, Prediction, Record
from queries.interventions.donors import Donor


class PredictionAnswer(Record):
    """What a graph predicts of changes, at once and without the model."""

    graph: str
    changes: list[ChangedFeature]
    predicted: Predicted
    why_not_tested: str | None = Field(
        description="Why this server cannot test it in the model; null: it can"
    )


class InterventionsAnswer(Record):
    interventions: list[Intervention] = Field(description="Newest first")


class VerificationsAnswer(Record):
    verifications: list[Verification] = Field(description="Newest first, one for each grouping")
    why_not_tested: str | None = Field(
        description="Why this server cannot test the graph in the model; null: it can"
    )


class DonorAnswer(Record):
    id: str
    name: str
    prompt: str
    prediction: Prediction
    positions: list[int] = Field(
        description="Of the borrower, at which the prompts differ, counted from the end of both"
    )
    n_shared: int = Field(description="Feature nodes of both, at the same place from the end")
    n_different: int = Field(
        description="Feature nodes of one of them alone: a whole transplant changes these"
    )


class DonorsAnswer(Record):
    """The stored graphs that can lend a graph what it has not: of the same model, with nearly the same prompt and
    another prediction."""

    donors: list[DonorAnswer] = Field(description="Those with the fewest differing feature nodes first")


def prediction(
    record: GraphRecord, changes: list[ChangedFeature], predicted: Predicted, why_not_tested: str | None
) -> PredictionAnswer:
    return PredictionAnswer(
        graph=record.id, changes=changes, predicted=predicted, why_not_tested=why_not_tested
    )


def donors(found: list[Donor]) -> DonorsAnswer:
    return DonorsAnswer(
        donors=[
            DonorAnswer(
                id=one.record.id,
                name=one.record.name,
                prompt=one.record.prompt,
                prediction=one.record.prediction,
                positions=one.positions,
                n_shared=one.n_shared,
                n_different=one.n_different,
            )
            for one in found
        ]
    )
