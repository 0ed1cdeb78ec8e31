"""The labelling rule, worked by hand.

Eight prefixes; the first four choose labels, the last four score them.

    prefix   0       1        2       3      | 4       5        6       7
    token    Dallas  Houston  Dallas  is     | Dallas  Houston  is      is
    entity   Texas   Texas    Texas   Iowa   | Texas   Texas    Texas   -
"""

import pytest
import torch

from demo.labels import Attribute, FeatureLabel, LabelKind, label_layer, mass_shares
from demo.sparse import ActiveUnits

pytestmark = pytest.mark.slow

DALLAS, HOUSTON, IS = 0, 1, 2
TOKEN = Attribute(
    torch.tensor([DALLAS, HOUSTON, DALLAS, IS, DALLAS, HOUSTON, IS, IS]), ["Dallas", "Houston", "is"]
)
IOWA, TEXAS, NONE = 0, 1, 2
ENTITY = Attribute(torch.tensor([TEXAS, TEXAS, TEXAS, IOWA, TEXAS, TEXAS, TEXAS, NONE]), ["Iowa", "Texas"])
SCORING = torch.tensor([False] * 4 + [True] * 4)


def active_units(rows: list[dict[int, float]]) -> ActiveUnits:
    """`rows` holds, for each feature, its activation at each prefix where it fires."""
    entries = sorted(
        (prefix, feature, value) for feature, row in enumerate(rows) for prefix, value in row.items()
    )
    positions, units, values = zip(*entries, strict=True)
    return ActiveUnits(torch.tensor(positions), torch.tensor(units), torch.tensor(values), n_positions=8)


def labels_of(rows: list[dict[int, float]]) -> list[FeatureLabel]:
    return label_layer(2, active_units(rows), TOKEN, ENTITY, SCORING, n_features=len(rows))


def test_shares_are_of_activation_mass_within_one_half() -> None:
    active = active_units([{0: 3.0, 1: 1.0, 3: 4.0, 7: 5.0}])
    assert mass_shares(active, TOKEN, ~SCORING, 1).tolist() == [[3 / 8, 1 / 8, 4 / 8]]
    # Prefix 7 determines no entity: its mass counts in the total, not for any entity.
    assert mass_shares(active, ENTITY, SCORING, 1).tolist() == [[0.0, 0.0]]


def test_an_entity_wins_where_no_token_comes_near_it() -> None:
    # Chosen on 0 and 1: Dallas 1/2, Houston 1/2, Texas 1. Scored on 4, 5, 6, 7: Texas 9/10.
    (label,) = labels_of([{0: 2.0, 1: 2.0, 4: 3.0, 5: 3.0, 6: 3.0, 7: 1.0}])
    assert (label.layer, label.index, label.kind, label.description) == (2, 0, LabelKind.ENTITY, "Texas")
    assert label.choosing_share == 1.0
    assert label.held_out_share == pytest.approx(9 / 10)


def test_of_a_near_tie_the_rarer_wins() -> None:
    # On Dallas alone both shares are 1; Dallas occurs 3 times, Texas 6 times.
    (label,) = labels_of([{0: 2.0, 2: 1.0, 4: 1.0}])
    assert (label.kind, label.description) == (LabelKind.TOKEN, "Dallas")


def test_a_label_that_does_not_hold_on_the_other_half_is_none() -> None:
    # Chosen as Dallas; on the scoring half Dallas has 3/4 of the mass, below 0.8.
    assert labels_of([{0: 1.0, 4: 3.0, 7: 1.0}]) == []


def test_a_feature_that_fires_in_one_half_only_has_no_label() -> None:
    assert labels_of([{0: 1.0}]) == []
    assert labels_of([{4: 1.0}]) == []
