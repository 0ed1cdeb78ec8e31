"""What a test says: the one place of the rules. docs/interventions.md tells them in words."""

from collections.abc import Iterable, Sequence

from queries.graph.interventions import LinkVerdict, SequenceVerdict, Verdict

N_CONTROLS = 19
"""Sets of other features that are changed in the same way: with them p is at least 1/20."""
SMALLEST = 0.1
"""Logits below which a prediction is too small to be tested."""
SMALLEST_PART = 0.1
"""Of the prediction, that must be found in the model."""
SIZES = (0.5, 2.0)
"""What is measured under the graph's conditions over what is predicted, where the size is right."""
SMALLEST_MEDIATED = 0.05
"""Logits below which a link's mediated part is not judged."""
MEDIATED_PART = 1 / 3
"""Of the predicted mediated part, that must be found."""


def control_p(change: float, controls: Sequence[float]) -> float:
    """1 and the controls that change the target at least as much, over 1 and all controls."""
    return (1 + sum(abs(control) >= abs(change) for control in controls)) / (1 + len(controls))


def group_verdict(predicted: float, as_graph: float, in_model: float, controls: Sequence[float]) -> Verdict:
    """The first that applies. Effects on the target: predicted, measured under the graph's conditions, and in the model
    with the final norm's scale held, as `controls` are."""
    if abs(predicted) < SMALLEST:
        return "too small"
    if as_graph / predicted <= 0.0 or in_model / predicted < SMALLEST_PART:
        return "does not hold"
    if any(abs(control) >= abs(in_model) for control in controls):
        return "not specific"
    low, high = SIZES
    return "holds" if low <= as_graph / predicted <= high else "holds, other size"


def link_verdict(predicted: float, as_graph: float) -> LinkVerdict:
    """Of the mediated part of a link, predicted and measured under the graph's conditions."""
    if abs(predicted) < SMALLEST_MEDIATED:
        return "not judged"
    return "holds" if as_graph / predicted >= MEDIATED_PART else "does not hold"


def sequence_verdict(groups: Iterable[Verdict], links: Iterable[LinkVerdict]) -> SequenceVerdict:
    """It holds where every group does and no link fails. A link that is not judged speaks neither for nor against. A
    sequence without groups is not judged."""
    tested = list(groups)
    if not tested:
        return "not judged"
    fails = any(group != "holds" for group in tested) or "does not hold" in links
    return "does not hold" if fails else "holds"
