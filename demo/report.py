"""Measure the bundled demo model and print the result as Markdown: `python -m demo.report`.

Takes a few minutes on two cores. Every bar is the project's, none was moved; a missed one says so.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from demo.artefacts import FOLDER, load_explanations, load_model, load_transcoders
from demo.facts import us_states
from demo.labels import LabelKind, entities_of_features, label_features
from demo.measures.faithfulness import Accuracy, measure_accuracy
from demo.measures.interventions import InterventionResult, measure_interventions
from demo.measures.paths import PathResult, held_out_city_prompts, load_for_tracing, measure_paths
from demo.measures.swaps import FACTOR, measure_swaps
from demo.text.corpus import ONE_HOP_TASKS, Statement, Task, fixed_statements, indirect_object, induction
from demo.text.prefixes import collect_prefixes, label_statements, mlp_streams
from ingest.attribution.interventions.conditions import Conditions
from queries.graph.records import TraceParameters

REPORT_BEGIN, REPORT_END = "<!-- report -->", "<!-- end of report -->"

MAX_STATEMENTS = 2000
"""Statements drawn from a task that has more (the sums)."""


@dataclass(frozen=True)
class Row:
    """One measure; `bar` is None where the project sets none. `at_most`: the bar is an upper one."""

    measure: str
    bar: float | None
    reached: float
    at_most: bool = False

    def __str__(self) -> str:
        bar = "-" if self.bar is None else f"{'at most ' if self.at_most else ''}{self.bar:.2f}"
        is_missed = self.bar is not None and (
            self.reached > self.bar if self.at_most else self.reached < self.bar
        )
        return f"| {self.measure} | {bar} | {self.reached:.3f}{' (missed)' if is_missed else ''} |"


@dataclass
class Report:
    """The rows of the report's table, and the lines below it."""

    rows: list[Row] = field(default_factory=list)
    details: list[str] = field(default_factory=list)

    def add(self, measure: str, bar: float | None, reached: float, *, at_most: bool = False) -> None:
        self.rows.append(Row(measure, bar, reached, at_most))

    def markdown(self) -> str:
        return "\n".join(
            ["| measure | bar | reached |", "| --- | --- | --- |", *map(str, self.rows), "", *self.details]
        )


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def statements_by_group() -> dict[str, list[Statement]]:
    """Each task's statements; held-out ones are a group ("... (held out)"), random tasks draw new ones."""
    draw = random.Random(11)
    groups: dict[str, list[Statement]] = {}
    for statement in fixed_statements():
        groups.setdefault(statement.task + (" (held out)" if statement.held_out else ""), []).append(
            statement
        )
    groups[Task.INDIRECT_OBJECT] = [indirect_object(draw) for _ in range(300)]
    groups[Task.INDUCTION] = [induction(draw) for _ in range(300)]
    return {
        name: draw.sample(group, MAX_STATEMENTS)
        if len(group) > MAX_STATEMENTS and name.startswith(Task.ADDITION)
        else group
        for name, group in groups.items()
    }


def pooled(accuracies: Sequence[Accuracy]) -> Accuracy:
    """The accuracy on all groups' statements as one group."""
    total = sum(result.n_statements for result in accuracies)
    return Accuracy(
        total,
        sum(result.model * result.n_statements for result in accuracies) / total,
        sum(result.replaced * result.n_statements for result in accuracies) / total,
    )


def report_accuracy(report: Report, folder: Path) -> None:
    """Add the shares of facts known, by the model and with replaced MLPs."""
    model, tokenizer = load_model(folder / "model")
    layers = load_transcoders(folder / "transcoders")
    groups = statements_by_group()
    by_group = {name: measure_accuracy(model, tokenizer, layers, group) for name, group in groups.items()}
    random_tasks = (Task.INDIRECT_OBJECT, Task.INDUCTION)
    trained_on = [
        result for name, result in by_group.items() if "(held out)" not in name and name not in random_tasks
    ]
    held_out = by_group[f"{Task.STATE_TWO_HOP_CAPITAL} (held out)"]
    one_hop = pooled([by_group[task] for task in ONE_HOP_TASKS])
    report.add("model: training facts", 0.99, pooled(trained_on).model)
    report.add("model: held-out two-hop US capitals", 0.95, held_out.model)
    for name, is_full in (
        ("only the capital question held out", False),
        ("every two-hop of the city held out", True),
    ):
        part = [
            statement
            for statement in groups[f"{Task.STATE_TWO_HOP_CAPITAL} (held out)"]
            if statement.city_fully_held_out == is_full
        ]
        report.add(f"- of these, {name}", None, measure_accuracy(model, tokenizer, layers, part).model)
    report.add("every MLP replaced: held-out two-hop US capitals", 0.93, held_out.replaced)
    report.add("every MLP replaced: one-hop facts", 0.95, one_hop.replaced)
    report.details += ["| task | statements | model | every MLP replaced |", "| --- | --- | --- | --- |"]
    report.details += [
        f"| {name} | {result.n_statements} | {result.model:.3f} | {result.replaced:.3f} |"
        for name, result in by_group.items()
    ]
    report.details.append("")


def report_labels(report: Report, folder: Path) -> dict[tuple[int, int], str]:
    """Add the shares of readable features; (layer, feature) -> the state, country or word that it belongs to."""
    model, tokenizer = load_model(folder / "model")
    layers = load_transcoders(folder / "transcoders")
    prefixes = collect_prefixes(tokenizer, label_statements())
    inputs = mlp_streams(model, prefixes).inputs
    labelled = label_features(layers, inputs, prefixes, tokenizer)
    names = {label.description for label in labelled.labels if label.kind is LabelKind.ENTITY}
    states = [state.name for state in us_states()]
    report.add("features that fire 4 times or more and have a label", 0.65, labelled.readable_share)
    report.add("states that have a feature", 1.0, mean([float(state in names) for state in states]))
    n_state_features = sum(label.description in states for label in labelled.labels)
    report.details.append(
        f"{labelled.n_judged} features fire at 4 or more distinct prefixes; {len(labelled.labels)} have a label, "
        f"{n_state_features} of them a state's name."
    )
    return entities_of_features(layers, inputs, prefixes, tokenizer)


def report_paths_and_swaps(
    report: Report, folder: Path, entity_of_feature: dict[tuple[int, int], str]
) -> None:
    """Add the scores, paths and swaps of the held-out city prompts, by circuit-tracer and the product's ranking."""
    loaded = load_for_tracing(folder)
    prompts = held_out_city_prompts()
    results: list[PathResult] = []
    for number, prompt in enumerate(prompts, start=1):
        results.append(measure_paths(loaded, prompt, TraceParameters()))
        if number % 10 == 0:
            _progress(f"traced {number} of {len(prompts)} prompts")
    report.add(
        "replacement score, held-out capital prompts",
        0.88,
        mean([result.replacement_score for result in results]),
    )
    report.add("completeness score", 0.94, mean([result.completeness_score for result in results]))
    report.add(
        "a state's feature in the 10 best single paths",
        0.85,
        mean([result.has_state_path for result in results]),
    )
    exact = [result.exact_rank is not None for result in results]
    report.add("city -> state -> capital in the 10 best grouped paths", 0.85, mean(exact))
    report.add(
        "- any sequence through the state", None, mean([result.state_rank is not None for result in results])
    )
    model = loaded.replacement_model
    _progress("swapping features")
    by_entity = measure_swaps(model, prompts, lambda layer, feature: entity_of_feature.get((layer, feature)))
    report.add(f"swaps that make the other capital top (x {FACTOR:g})", 0.70, by_entity.share)
    labels = entity_labels(folder)
    by_label = measure_swaps(model, prompts, lambda layer, feature: labels.get((layer, feature)))
    report.add("- with features labelled with the state alone", None, by_label.share)
    _progress("intervening")
    report_interventions(report, measure_interventions(loaded, results))
    n_nodes = mean([result.n_feature_nodes for result in results])
    n_labelled = mean([result.n_labelled_nodes for result in results])
    right = mean([result.predicted == result.prompt.capital.split()[0] for result in results])
    report.details += [
        f"{len(results)} prompts, {right:.3f} predicted right; a pruned graph has {n_nodes:.0f} feature nodes, "
        f"{n_labelled:.0f} of them labelled. {by_entity.n_pairs} swaps.",
        "",
        "| city | state in the 10 best single paths | rank of city -> state -> capital | best grouped paths |",
        "| --- | --- | --- | --- |",
    ]
    for result in results:
        best = "; ".join(f"{words} ({score:.1%})" for score, words in result.sequences[:3])
        is_through = "yes" if result.has_state_path else "no"
        report.details.append(
            f"| {result.prompt.city} | {is_through} | {result.exact_rank or '-'} | {best} |"
        )


def report_interventions(report: Report, found: InterventionResult) -> None:
    """Add how the model bears out what the graphs predict, in groups by label, and how faithful they are."""
    add = report.add
    add("label groups off, predicted and measured as the graph assumes: correlation", 0.96, found.correlation)
    add("- within half and twice the prediction", 0.95, found.within_twice)
    add("- same sign", 0.98, found.same_sign(Conditions.GRAPH))
    add("- same sign in the model, the final norm's scale held", 0.95, found.same_sign(Conditions.MODEL))
    add("strongest label group of a graph: holds", 0.80, found.strongest_hold)
    add("- all label groups: hold", None, found.share("holds"))
    add("- all label groups: not specific", None, found.share("not specific"))
    randoms = mean([one == "holds" for one in found.randoms])
    add("- random sets of active features, taken for groups: hold", 0.10, randoms, at_most=True)
    add("faithfulness of a graph's features, in the model (median)", 0.80, found.median("in_model"))
    add("- of as many random features", 0.15, found.median("in_model_random"), at_most=True)
    add("- as the graph assumes", None, found.median("as_graph"))
    add("- necessity, in the model", None, found.median("necessity"))
    add("transplants of all in which two graphs differ that swap the prediction", 0.90, mean(found.swapped))
    report.details.append(
        f"{len(found.tested)} label groups and {len(found.randoms)} random sets were switched off, "
        f"{len(found.swapped)} transplants made. A graph's verification took "
        f"{float(np.median(found.seconds)):.2f} s (median)."
    )
    report.details.append("")


def entity_labels(folder: Path) -> dict[tuple[int, int], str]:
    """(layer, feature) -> description of the bundled labels that name an entity."""
    return {
        (int(explanation["layer"].partition("-")[0]), int(explanation["index"])): explanation["description"]
        for explanation in load_explanations(folder / "transcoders")
        if explanation["typeName"] == LabelKind.ENTITY
    }


def write_into_readme(report: str, readme: Path) -> None:
    """Put the report between the two marks in the README."""
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(REPORT_BEGIN)
    _, _, after = rest.partition(REPORT_END)
    readme.write_text(f"{before}{REPORT_BEGIN}\n{report.strip()}\n{REPORT_END}{after}", encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.report", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="folder that holds model/ and transcoders/"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--update-readme", action="store_true", help="put the report into demo/README.md too")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)

    report = Report()
    _progress("measuring accuracy")
    report_accuracy(report, options.folder)
    _progress("measuring labels")
    entity_of_feature = report_labels(report, options.folder)
    report_paths_and_swaps(report, options.folder, entity_of_feature)
    print(report.markdown())
    if options.update_readme:
        write_into_readme(report.markdown(), FOLDER / "README.md")


if __name__ == "__main__":
    main()
