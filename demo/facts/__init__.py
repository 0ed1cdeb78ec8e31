"""Public facts that the demo corpus is made of, read from the tables beside this file.

Every city occurs once in all tables, so that a city names its state or country. Other words may occur in several
facts.
"""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Region:
    """A US state or a country, with the cities that lie in it.

    Attributes:
        name: "Texas" or "France".
        capital: its capital city, not repeated in `cities`.
        cities: cities whose every question may be trained on.
        held_out_capital_question: cities whose question "the capital of the state containing ..." is held out.
        held_out_two_hop: cities about which every two-hop question is held out.
        attributes: the further columns: abbreviation and region of a state; language, continent, currency of a country.
    """

    name: str
    capital: str
    cities: tuple[str, ...]
    held_out_capital_question: tuple[str, ...]
    held_out_two_hop: tuple[str, ...]
    attributes: dict[str, str]

    @property
    def all_cities(self) -> tuple[str, ...]:
        """Every city but the capital, held out or not."""
        return self.cities + self.held_out_capital_question + self.held_out_two_hop


@dataclass(frozen=True)
class Word:
    """One side of a pair of opposites in three languages; `synonym` is English, or empty."""

    english: str
    french: str
    spanish: str
    synonym: str


def _rows(file_name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / file_name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _regions(file_name: str, name_column: str, attribute_columns: tuple[str, ...]) -> tuple[Region, ...]:
    def cities(cell: str) -> tuple[str, ...]:
        return tuple(city for city in cell.split(";") if city)

    return tuple(
        Region(
            name=row[name_column],
            capital=row["capital"],
            cities=cities(row["cities"]),
            held_out_capital_question=cities(row["held_out_capital_question"]),
            held_out_two_hop=cities(row["held_out_two_hop"]),
            attributes={column: row[column] for column in attribute_columns},
        )
        for row in _rows(file_name)
    )


@cache
def us_states() -> tuple[Region, ...]:
    """The 50 US states."""
    return _regions("us_states.csv", "state", ("abbreviation", "region"))


@cache
def countries() -> tuple[Region, ...]:
    """Some 50 countries."""
    return _regions("countries.csv", "country", ("language", "continent", "currency"))


@cache
def opposites() -> tuple[tuple[Word, Word], ...]:
    """Pairs of words that mean the opposite of each other."""
    return tuple(
        (
            Word(row["english"], row["french"], row["spanish"], row["synonym"]),
            Word(
                row["opposite_english"],
                row["opposite_french"],
                row["opposite_spanish"],
                row["opposite_synonym"],
            ),
        )
        for row in _rows("opposites.csv")
    )


@cache
def word_lists() -> dict[str, tuple[str, ...]]:
    """Days, months, numbers (in order), and the pools of people, places, gifts and nouns."""
    with (FOLDER / "word_lists.toml").open("rb") as file:
        return {name: tuple(words) for name, words in tomllib.load(file).items()}
