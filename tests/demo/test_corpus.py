"""The corpus keeps held-out prompts out, every city names one place, and prompts are unambiguous."""

import random
from collections import Counter
from itertools import islice

import pytest

from demo.facts import Region, countries, us_states
from demo.measures.paths import held_out_city_prompts
from demo.text.batches import MAX_TOKENS, StatementEncoder, training_batches
from demo.text.corpus import (
    StatementSampler,
    Task,
    capital_question,
    fixed_statements,
    indirect_object,
    induction,
)
from demo.text.tokenizer import BOS_ID, build_tokenizer
from demo.training.pipeline import Texts

pytestmark = pytest.mark.slow


def all_regions() -> tuple[Region, ...]:
    """Every state and country."""
    return (*us_states(), *countries())


def test_each_city_is_in_one_place_only() -> None:
    cities = Counter(city for region in all_regions() for city in (*region.all_cities, region.capital))
    assert [city for city, count in cities.items() if count > 1] == []
    names = {region.name for region in all_regions()}
    assert names.isdisjoint(cities)


def test_there_are_fifty_states_each_with_cities_to_learn_from() -> None:
    assert len(us_states()) == 50
    assert all(len(region.cities) >= 3 for region in all_regions())


def test_a_prompt_occurs_once() -> None:
    prompts = Counter(statement.prompt for statement in fixed_statements())
    assert max(prompts.values()) == 1


@pytest.mark.parametrize("city", ["Dallas", "Oakland"])
def test_the_capital_question_about_the_cities_on_show_is_held_out(city: str) -> None:
    about_capital = [
        statement
        for statement in fixed_statements()
        if statement.city == city and statement.task is Task.STATE_TWO_HOP_CAPITAL
    ]
    assert len(about_capital) == 5
    assert all(statement.held_out for statement in about_capital)
    assert capital_question(city) in {statement.prompt for statement in about_capital}


def test_fully_held_out_cities_are_in_no_two_hop_question() -> None:
    two_hop = (Task.STATE_TWO_HOP_CAPITAL, Task.STATE_TWO_HOP_OTHER)
    about = [
        statement
        for statement in fixed_statements()
        if statement.task in two_hop and statement.city_fully_held_out
    ]
    assert about
    assert all(statement.held_out for statement in about)


def test_training_text_never_holds_a_held_out_prompt() -> None:
    held_out = {statement.prompt for statement in fixed_statements() if statement.held_out}
    held_out |= {prompt.text for prompt in held_out_city_prompts()}
    sampler = StatementSampler(seed=1)
    drawn = {statement.prompt for _ in range(20_000) for statement in sampler.row()}
    assert drawn.isdisjoint(held_out)
    texts = Texts.full(seed=0)
    assert {statement.prompt for statement in texts.for_transcoders}.isdisjoint(held_out)
    assert {statement.prompt for statement in texts.for_labels}.isdisjoint(held_out)


def test_random_statements_are_well_formed() -> None:
    draw = random.Random(0)
    for _ in range(200):
        statement = indirect_object(draw)
        giver = statement.prompt.split(", ")[1].split(" gave")[0]
        assert statement.answer.strip() in statement.prompt
        assert statement.answer.strip() != giver
        sequence = induction(draw)
        words = sequence.prompt.split()
        assert words[0] == words[-1]
        assert sequence.answer.split() == words[1:-1]


def test_batches_weigh_answers_and_ignore_padding() -> None:
    encoder = StatementEncoder(build_tokenizer())
    for batch in islice(training_batches(encoder, StatementSampler(seed=2), rows_per_batch=8, seed=3), 20):
        assert batch.ids.shape == batch.weights.shape
        assert batch.ids.shape[1] <= MAX_TOKENS
        assert bool((batch.ids[:, 0] == BOS_ID).all())
        assert bool((batch.weights[:, 0] == 0).all())
        assert bool((batch.weights[batch.ids == 0] == 0).all())
        assert bool((batch.weights.max(dim=1).values == 1).all())
