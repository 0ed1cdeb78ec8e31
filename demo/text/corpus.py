"""The text that the demo model learns from: short statements made from public facts.

A statement is a prompt and its answer. Most tasks are finite (`fixed_statements` lists them, each with a flag that says
whether it is held out); two are drawn at random without end (`indirect_object`, `induction`).

Held-out questions tell two-hop reasoning from memory: for some cities the question for the capital of their state or
country is held out, for others every two-hop question. The tables in `facts/` name these cities. 15 % of additions and
one in nine opposites in French and Spanish are held out too.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from demo.facts import Region, Word, countries, opposites, us_states, word_lists


class Task(StrEnum):
    """The kind of question that a statement asks."""

    STATE_FACT = "US state facts"
    STATE_OF_CITY = "state of a US city"
    STATE_TWO_HOP_CAPITAL = "two-hop US capitals"
    STATE_TWO_HOP_OTHER = "two-hop US, other questions"
    COUNTRY_FACT = "country facts"
    COUNTRY_OF_CITY = "country of a city"
    COUNTRY_TWO_HOP_CAPITAL = "two-hop country capitals"
    COUNTRY_TWO_HOP_OTHER = "two-hop countries, other questions"
    OPPOSITE = "opposites"
    TRANSLATION = "translations"
    SYNONYM = "synonyms"
    ADDITION = "two-digit addition"
    SUCCESSOR = "successors"
    INDIRECT_OBJECT = "indirect object"
    INDUCTION = "induction"


ONE_HOP_TASKS = (Task.STATE_FACT, Task.STATE_OF_CITY, Task.COUNTRY_FACT, Task.COUNTRY_OF_CITY)

# How often each task is drawn in training.
TRAINING_MIX: Mapping[Task, float] = {
    Task.STATE_FACT: 0.07,
    Task.STATE_OF_CITY: 0.12,
    Task.STATE_TWO_HOP_CAPITAL: 0.11,
    Task.STATE_TWO_HOP_OTHER: 0.09,
    Task.COUNTRY_FACT: 0.06,
    Task.COUNTRY_OF_CITY: 0.06,
    Task.COUNTRY_TWO_HOP_CAPITAL: 0.05,
    Task.COUNTRY_TWO_HOP_OTHER: 0.05,
    Task.OPPOSITE: 0.05,
    Task.TRANSLATION: 0.05,
    Task.SYNONYM: 0.01,
    Task.ADDITION: 0.20,
    Task.SUCCESSOR: 0.03,
    Task.INDIRECT_OBJECT: 0.025,
    Task.INDUCTION: 0.025,
}

SHARE_OF_ROWS_WITH_TWO_STATEMENTS = 0.10


@dataclass(frozen=True)
class Statement:
    """A prompt and its answer; together with a full stop they are the text.

    Attributes:
        task: the kind of question.
        prompt: text up to the answer, without a trailing space ("The capital of Texas is").
        answer: with its leading space if it has one (" Austin").
        entity: the subject, which a label may name: a state, a country, an English word, a day; None for sums and
            random words.
        city: the city that a question about a place names, if it names one.
        held_out: never trained on, with this prompt.
        city_fully_held_out: every two-hop question about the city is held out, not the capital question alone.
    """

    task: Task
    prompt: str
    answer: str
    entity: str | None = None
    city: str | None = None
    held_out: bool = False
    city_fully_held_out: bool = False

    @property
    def text(self) -> str:
        return f"{self.prompt}{self.answer}."


def capital_question(city: str) -> str:
    """The form of the two-hop capital question that the report traces."""
    return f"Fact: The capital of the state containing {city} is"


# {name} is a state or country, {capital} its capital, {kind} the word state or country, {city} any of its cities.
_CAPITAL_OF_REGION = (
    "The capital of {name} is",
    "Fact: The capital of {name} is",
    "Fact: The capital of the {kind} of {name} is",
    "{name} has its capital in",
)
_REGION_OF_CAPITAL = ("{capital} is the capital of", "Fact: {capital} is the capital of the {kind} of")
_REGION_OF_CITY = (
    "{city} is a city in",
    "{city} is located in",
    "{city} is in the {kind} of",
    "The city of {city} is in",
    "The {kind} containing {city} is",
    "Fact: The {kind} containing {city} is",
    "Fact: {city} is in the {kind} of",
)
_CAPITAL_OF_REGION_OF_CITY = (
    "Fact: The capital of the {kind} containing {city} is",
    "The capital of the {kind} containing {city} is",
    "The capital of the {kind} where {city} is located is",
    "{city} is in the {kind} whose capital is",
    "The {kind} containing {city} has its capital in",
)
# For each attribute (a column of the table): questions for it given the region, and given one of its cities.
_STATE_ATTRIBUTES = {
    "abbreviation": (
        ("The abbreviation of {name} is", "Fact: The abbreviation of {name} is"),
        (
            "The abbreviation of the state containing {city} is",
            "Fact: The abbreviation of the state containing {city} is",
        ),
    ),
    "region": (
        ("{name} is a state in the", "Fact: The region of {name} is the"),
        (
            "Fact: The region of the state containing {city} is the",
            "Fact: {city} is in the region called the",
        ),
    ),
}
_COUNTRY_ATTRIBUTES = {
    "language": (
        ("The language of {name} is", "People in {name} speak"),
        ("The language of the country containing {city} is", "People in {city} speak"),
    ),
    "continent": (
        ("{name} is a country in", "Fact: The continent of {name} is"),
        ("Fact: The continent containing {city} is",),
    ),
    "currency": (
        ("The currency of {name} is the",),
        ("The currency used in the country containing {city} is the",),
    ),
}


@dataclass(frozen=True)
class _RegionTasks:
    """The tasks of the statements about one kind of region, and its attributes' templates."""

    kind: str
    fact: Task
    of_city: Task
    two_hop_capital: Task
    two_hop_other: Task
    attributes: Mapping[str, tuple[Sequence[str], Sequence[str]]]


_STATES = _RegionTasks(
    "state",
    Task.STATE_FACT,
    Task.STATE_OF_CITY,
    Task.STATE_TWO_HOP_CAPITAL,
    Task.STATE_TWO_HOP_OTHER,
    _STATE_ATTRIBUTES,
)
_COUNTRIES = _RegionTasks(
    "country",
    Task.COUNTRY_FACT,
    Task.COUNTRY_OF_CITY,
    Task.COUNTRY_TWO_HOP_CAPITAL,
    Task.COUNTRY_TWO_HOP_OTHER,
    _COUNTRY_ATTRIBUTES,
)


def _about_region(region: Region, tasks: _RegionTasks) -> Iterator[Statement]:
    words = {"name": region.name, "capital": region.capital, "kind": tasks.kind}

    def statement(
        task: Task, template: str, answer: str, city: str | None = None, held_out: bool = False
    ) -> Statement:
        return Statement(
            task,
            template.format(**words, city=city),
            " " + answer,
            entity=region.name,
            city=city,
            held_out=held_out,
            city_fully_held_out=city in region.held_out_two_hop,
        )

    for template in _CAPITAL_OF_REGION:
        yield statement(tasks.fact, template, region.capital)
    for template in _REGION_OF_CAPITAL:
        yield statement(tasks.fact, template, region.name)
    for attribute, (from_region, _) in tasks.attributes.items():
        for template in from_region:
            yield statement(tasks.fact, template, region.attributes[attribute])
    if "abbreviation" in region.attributes:
        yield statement(
            tasks.fact, f"{region.attributes['abbreviation']} is the abbreviation of", region.name
        )

    for city in (*region.all_cities, region.capital):
        every_two_hop_held_out = city in region.held_out_two_hop
        for template in _REGION_OF_CITY:
            yield statement(tasks.of_city, template, region.name, city)
        for attribute, (_, from_city) in tasks.attributes.items():
            for template in from_city:
                answer = region.attributes[attribute]
                yield statement(tasks.two_hop_other, template, answer, city, held_out=every_two_hop_held_out)
        if city != region.capital:
            capital_held_out = every_two_hop_held_out or city in region.held_out_capital_question
            for template in _CAPITAL_OF_REGION_OF_CITY:
                yield statement(
                    tasks.two_hop_capital, template, region.capital, city, held_out=capital_held_out
                )


def _about_words() -> Iterator[Statement]:
    for pair_number, pair in enumerate(opposites()):
        for side, (word, opposite) in enumerate((pair, pair[::-1])):
            # One in nine of the French and of the Spanish questions; English ones are all trained on.
            held_out = (2 * pair_number + side) % 9 == 5
            yield from _about_word(word, opposite, held_out)


def _about_word(word: Word, opposite: Word, held_out: bool) -> Iterator[Statement]:
    def statement(task: Task, prompt: str, answer: str, held_out: bool = False) -> Statement:
        return Statement(task, prompt, answer + '"', entity=word.english, held_out=held_out)

    yield statement(Task.OPPOSITE, f'The opposite of "{word.english}" is "', opposite.english)
    yield statement(Task.OPPOSITE, f'Le contraire de "{word.french}" est "', opposite.french, held_out)
    yield statement(Task.OPPOSITE, f'El opuesto de "{word.spanish}" es "', opposite.spanish, held_out)
    yield statement(Task.TRANSLATION, f'The French word for "{word.english}" is "', word.french)
    yield statement(Task.TRANSLATION, f'The Spanish word for "{word.english}" is "', word.spanish)
    yield statement(Task.TRANSLATION, f'The English word for "{word.french}" is "', word.english)
    yield statement(Task.TRANSLATION, f'The English word for "{word.spanish}" is "', word.english)
    if word.synonym:
        yield statement(Task.SYNONYM, f'A synonym of "{word.english}" is "', word.synonym)


def _successors() -> Iterator[Statement]:
    lists = word_lists()
    letters = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for kind, sequence, is_cycle in (
        ("day", lists["days"], True),
        ("month", lists["months"], True),
        ("number", lists["numbers"], False),
        ("letter", letters, False),
    ):
        for index, item in enumerate(sequence):

            def at(offset: int, index: int = index, sequence: Sequence[str] = sequence) -> str:
                return sequence[(index + offset) % len(sequence)]

            questions = [(f"The {kind} after {item} is", 1), (f"The {kind} before {item} is", -1)]
            if is_cycle:
                questions.append((f"Two {kind}s after {item} is", 2))
            questions.append((f"{item} {at(1)} {at(2)}", 3))
            for prompt, offset in questions:
                if is_cycle or 0 <= index + offset < len(sequence):
                    yield Statement(Task.SUCCESSOR, prompt, " " + at(offset), entity=item)


def _additions() -> Iterator[Statement]:
    draw = random.Random(0)  # its own stream: the held-out sums depend on nothing else
    for left in range(100):
        for right in range(100):
            yield Statement(
                Task.ADDITION, f"calc: {left}+{right}=", str(left + right), held_out=draw.random() < 0.15
            )


def fixed_statements() -> list[Statement]:
    """Every statement of the finite tasks, held out or not. A prompt occurs once."""
    statements: dict[str, Statement] = {}
    for region in us_states():
        for statement in _about_region(region, _STATES):
            statements.setdefault(statement.prompt, statement)
    for region in countries():
        for statement in _about_region(region, _COUNTRIES):
            statements.setdefault(statement.prompt, statement)
    for source in (_about_words(), _successors(), _additions()):
        for statement in source:
            statements.setdefault(statement.prompt, statement)
    return list(statements.values())


def indirect_object(draw: random.Random) -> Statement:
    """A sentence whose last word is the receiver of a gift."""
    lists = word_lists()
    giver, receiver = draw.sample(lists["people"], 2)
    first, second = draw.sample((giver, receiver), 2)
    place, gift = draw.choice(lists["places"]), draw.choice(lists["gifts"])
    prompt = f"When {first} and {second} went to the {place}, {giver} gave a {gift} to"
    return Statement(Task.INDIRECT_OBJECT, prompt, " " + receiver, entity=receiver)


def induction(draw: random.Random) -> Statement:
    """A random sequence of words, then its first word again; the answer is the rest of the sequence."""
    lists = word_lists()
    if draw.random() < 0.7:
        pool = [*lists["nouns"], *lists["people"], *lists["gifts"]]
    else:
        letters = "abcdefghijklmnoprstuvwyz"
        pool = ["".join(draw.choices(letters, k=draw.randint(2, 4))).capitalize() for _ in range(12)]
    words = draw.sample(sorted(set(pool)), draw.randint(2, 6))
    return Statement(Task.INDUCTION, " ".join([*words, words[0]]), "".join(" " + word for word in words[1:]))


class StatementSampler:
    """Draws training statements by `TRAINING_MIX`, never a held-out one."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._by_task: dict[Task, list[Statement]] = {task: [] for task in Task}
        for statement in fixed_statements():
            if not statement.held_out:
                self._by_task[statement.task].append(statement)

    def statement(self) -> Statement:
        (task,) = self._draw.choices(list(TRAINING_MIX), list(TRAINING_MIX.values()))
        match task:
            case Task.INDIRECT_OBJECT:
                return indirect_object(self._draw)
            case Task.INDUCTION:
                return induction(self._draw)
            case _:
                return self._draw.choice(self._by_task[task])

    def row(self) -> list[Statement]:
        """One statement, or sometimes two."""
        count = 2 if self._draw.random() < SHARE_OF_ROWS_WITH_TWO_STATEMENTS else 1
        return [self.statement() for _ in range(count)]
