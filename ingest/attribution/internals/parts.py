"""All parts of a prompt's internals, one after another, as arrays and as what the database holds of them.

A part whose own check did not pass on this prompt has no arrays: the record says why. The errors that the checks found
are in the record too.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from ingest.attribution.internals.attention import attention
from ingest.attribution.internals.flow import flow
from ingest.attribution.internals.loadings.split import Loadings, loadings
from ingest.attribution.internals.logits import (
    Towards,
    logit_attribution,
    probable_tokens,
    towards_direction,
    towards_tokens,
)
from ingest.attribution.internals.passes.tape import Diverged
from ingest.attribution.internals.prediction.ablation import ablate_heads
from ingest.attribution.internals.prediction.baseline import Special
from ingest.attribution.internals.prediction.direct import attribute_directly
from ingest.attribution.internals.prediction.edges import HeadEdges as FoundEdges
from ingest.attribution.internals.prediction.edges import attribute_edges
from ingest.attribution.internals.prediction.gradients import gradients_of
from ingest.attribution.internals.prediction.heads import attribute_heads
from ingest.attribution.internals.prediction.objective import SECOND, Foil, Objective, the_objective
from ingest.attribution.internals.prediction.tokens import attribute_tokens
from ingest.attribution.internals.probe import FLOW_TOLERANCE
from ingest.attribution.internals.prompt import PromptRun
from ingest.attribution.memory import available_memory
from ingest.attribution.targets import only_token_of
from ingest.attribution.tokens import token_text
from ingest.identity import content_id
from queries.errors import InvalidRequest
from queries.graph.interventions import TokenChance
from queries.internals.asked import check_parameters
from queries.internals.findings import Baseline, Findings
from queries.internals.records import (
    STATISTICS,
    HeadEdges,
    HeadLinks,
    Heads,
    Internals,
    InternalsParameters,
    InternalsRecord,
    Part,
    Reals,
)
from queries.internals.statistics import head_statistics

Array: TypeAlias = npt.NDArray[Any]
Progress: TypeAlias = Callable[[int, int], None]
"""Told how much is done, of how much: percents of parts."""

FORMAT = 1
"""Of what is computed: to be increased where the same question gets another answer."""
N_TOP = 5
"""Most probable next tokens that are told of each position."""
MOST_HEADS = 4096
"""Of a model, all layers together."""
MOST_PATTERN_BYTES = 256 << 20
HALVES = ("bfloat16", "float16")


@dataclass(frozen=True, eq=False)
class Computed:
    internals: Internals
    findings: Findings
    arrays: dict[str, Array]


def internals_id(run: PromptRun, parameters: InternalsParameters) -> str:
    """The same for the same question to the same model about the same graph."""
    loaded = run.loaded
    return content_id(
        {
            "graph": run.graph.record.id,
            "model": f"{loaded.entry.name}@{loaded.model_revision}",
            "transcoders": f"{loaded.transcoders.name}@{loaded.transcoder_revision}",
            "dtype": loaded.entry.dtype,
            "parameters": parameters.model_dump(mode="json"),
            "format": FORMAT,
            "program": version("circuit-explorer"),
        }
    )


def compute(run: PromptRun, parameters: InternalsParameters, on_progress: Progress) -> Computed:
    """The parts that are asked for. Raises InvalidRequest."""
    _refuse_large(run, parameters)
    return _Computation(run, parameters, on_progress).all()


def _refuse_large(run: PromptRun, parameters: InternalsParameters) -> None:
    recording = run.recording
    n, n_layers, n_heads = recording.n, len(recording.layers), recording.n_heads
    if n_layers * n_heads > MOST_HEADS:
        raise InvalidRequest(
            "graph", f"its model has {n_layers * n_heads:,} heads, of at most {MOST_HEADS:,}"
        )
    check_parameters(n, parameters)
    d_head = recording.layers[0].q.shape[-1]
    patterns = 2 * n_layers * n_heads * n**2
    if patterns > MOST_PATTERN_BYTES:
        raise InvalidRequest(
            "graph",
            f"the attention patterns of its {n} tokens would take {patterns / 1e6:,.0f} MB, of at most 256",
        )
    of_attention = 2 * patterns + 4 * n_layers * n_heads * n * d_head
    needed, free = 4 * of_attention, available_memory()
    if free is not None and needed > free:
        raise InvalidRequest(
            "graph",
            f"the internals of its {n} tokens would take {needed / 1e9:.1f} GB of memory, of which {free / 1e9:.1f} GB "
            "are free",
        )


@dataclass(eq=False)
class _Computation:
    run: PromptRun
    parameters: InternalsParameters
    on_progress: Progress
    arrays: dict[str, Array] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)
    missing: dict[Part, str] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    carried: Loadings | None = None
    edges: FoundEdges | None = None
    _done: int = 0

    def all(self) -> Computed:
        run, asked = self.run, self.parameters
        self.errors["writes"] = run.recording.writes_error
        objective = self._objective()
        with torch.no_grad():
            value = objective.of_recording(run.model, run.recording)
        steps: dict[Part, Callable[[], None]] = {
            "attention": self._attention,
            "logits": lambda: self._logits(objective),
            "heads": lambda: self._heads(objective),
            "tokens": lambda: self._tokens(objective),
            "flow": self._flow,
            "loadings": self._loadings,
        }
        for part, step in steps.items():
            if part in asked.parts:
                self._report(0, 1)
                started = time.perf_counter()
                step()
                self.seconds[part] = round(time.perf_counter() - started, 3)
                self._done += 1
        self._report(0, 1)
        findings = Findings(
            tokens=run.graph.record.tokens,
            position=objective.position,
            value=value,
            predictions=self._predictions(),
            seconds=self.seconds,
            **self.told,
        )
        return Computed(self._stored(objective), findings, self.arrays)

    def _report(self, done: int, total: int) -> None:
        self.on_progress(100 * self._done + (100 * done) // max(total, 1), 100 * len(self.parameters.parts))

    def _objective(self) -> Objective:
        asked, run = self.parameters, self.run
        foil: Foil = None
        if asked.has_foil:
            foil = SECOND if asked.foil is None else self._token("foil", asked.foil)
        target = None if asked.target is None else self._token("target", asked.target)
        position = -1 if asked.position is None else asked.position
        return the_objective(run.model, run.recording, position, target, foil)

    def _token(self, parameter: str, text: str) -> int:
        return only_token_of(text, self.run.loaded.tokenizer, parameter)

    def _text(self, token: int) -> str:
        return token_text(self.run.loaded.tokenizer, token)

    def _attention(self) -> None:
        found = attention(self.run.recording)
        self.errors |= {"scores": found.score_error, "projection": found.projection_error}
        for number, layer in enumerate(found.layers):
            self.arrays[f"pattern/{number}"] = layer.pattern.astype(np.float16)
            self.arrays[f"q/{number}"] = layer.q.astype(np.float16)
            self.arrays[f"k/{number}"] = layer.k.astype(np.float16)
            if found.no_score is None:
                self.arrays[f"score/{number}"] = layer.score.astype(np.float16)
        self.arrays["value_norm"] = found.value_norm
        if found.info_norm is not None:
            self.arrays["info_norm"] = found.info_norm
        if why := " ".join(filter(None, (found.no_score, found.no_info))):
            self.missing["attention"] = why
        patterns = [layer.pattern for layer in found.layers]
        self.arrays["statistics"] = np.stack(head_statistics(patterns))
        self.arrays["statistics_without_first"] = np.stack(head_statistics(patterns, without_first=True))
        induction = self.run.induction
        self.arrays["induction"] = induction.induction
        self.arrays["duplicate_token"] = induction.duplicate_token

    def _logits(self, objective: Objective) -> None:
        towards = self._towards(objective)
        found = logit_attribution(self.run.model, self.run.recording, towards)
        self.errors["logits"] = found.error
        if found.attribution is None:
            self.missing["logits"] = str(found.why)
            return
        of = found.attribution
        scale = np.abs(of.cells).max(axis=(1, 2, 3))
        for number, cells in enumerate(of.cells):
            self.arrays[f"cells/{number}"] = (cells / (scale[number] or 1.0)).astype(np.float16)
        self.arrays |= {
            "cells_scale": scale,
            "component_heads": of.heads.astype(np.float32),
            "attention_bias": of.attention_bias,
            "mlp": of.mlp,
            "embedding": of.embedding,
            "positional": of.positional,
            "final": of.final,
            "logit": of.logit,
        }
        self.told["attributed"] = self._attributed(towards)

    def _towards(self, objective: Objective) -> Towards:
        run, asked = self.run, self.parameters
        if asked.direction is not None:
            return towards_direction(run.recording, asked.direction)
        if asked.towards == "predictions":
            return towards_tokens(run.model, run.recording)
        foil = objective.foil if asked.towards == "difference" else None
        return towards_tokens(run.model, run.recording, objective.target, foil)

    def _attributed(self, towards: Towards) -> list[str]:
        if towards.tokens is None:
            return ["the direction"] * self.run.recording.n
        names = [self._text(token) for token in towards.tokens.tolist()]
        if towards.foils is None:
            return names
        foils = [self._text(token) for token in towards.foils.tolist()]
        return [f"{name} rather than {foil}" for name, foil in zip(names, foils, strict=True)]

    def _heads(self, objective: Objective) -> None:
        run = self.run
        gradients = gradients_of(run.model, run.recording.embeddings, objective)
        by_head = attribute_heads(gradients)
        self.errors["heads"] = by_head.error
        self.arrays["head_attribution"] = by_head.score
        lacking = [by_head.why]
        if by_head.source is not None:
            self.arrays["source_split"] = by_head.source
        self._report(1, 4)
        edges = attribute_edges(
            gradients, by_head.score, on_progress=lambda done, total: self._report(total + done, 4 * total)
        )
        self.errors["head_edges"] = edges.error
        lacking.append(edges.why)
        if edges.weight is not None:
            self.edges = edges
            self.arrays["edge_heads"], self.arrays["head_edges"] = edges.heads, edges.weight
        del gradients
        direct = attribute_directly(run.model, run.recording, objective)
        self.errors["direct_logit"] = direct.error
        lacking.append(direct.why)
        if direct.direct is not None:
            self.arrays["direct_logit"] = direct.direct
        if self.parameters.verify:
            ablation = ablate_heads(
                run.model,
                run.recording,
                objective,
                run.most_bytes,
                lambda done, total: self._report(2 * total + 2 * done, 4 * total),
            )
            self.errors["ablation"] = ablation.error
            self.arrays["ablation"] = ablation.effect
        if why := " ".join(filter(None, lacking)):
            self.missing["heads"] = why

    def _tokens(self, objective: Objective) -> None:
        run, asked = self.run, self.parameters
        tokenizer = run.loaded.tokenizer
        baseline = None if asked.baseline is None else self._token("baseline", asked.baseline)
        try:
            found = attribute_tokens(
                run.model,
                run.recording,
                run.ids,
                objective,
                Special(tokenizer.bos_token_id, tokenizer.pad_token_id),
                baseline,
                run.most_bytes,
                self._report,
            )
        except InvalidRequest as error:
            if asked.baseline is not None:
                raise
            self.missing["tokens"] = error.why
            return
        self.errors |= {"completeness": found.completeness_error, "completeness_defect": found.defect}
        token = found.baseline_token
        self.told |= {
            "baseline": Baseline(
                kind=found.baseline.value,
                token=None if token is None else self._text(token),
                keeps_bos=found.keeps_bos,
            ),
            "baseline_value": found.baseline_value,
            "points": found.points,
        }
        if found.attribution is None:
            self.missing["tokens"] = str(found.why)
        else:
            self.arrays["token_attribution"] = found.attribution

    def _flow(self) -> None:
        run = self.run
        if run.support.why is not None:
            self.missing["flow"] = run.support.why
            return
        try:
            found = flow(run.model, run.recording, run.most_bytes)
        except Diverged as error:
            self.missing["flow"] = str(error)
            return
        self.errors |= {"flow": found.error, "flow_shares": found.share_error}
        if not found.error < FLOW_TOLERANCE:
            self.missing["flow"] = (
                f"tokens' contributions miss the residual stream by {found.error:.2g} of it on this prompt"
            )
            return
        self.arrays["flow_norm"], self.arrays["flow_signed"] = found.norm, found.signed

    def _loadings(self) -> None:
        run, graph = self.run, self.run.graph
        found = loadings(
            run.replacement,
            graph.nodes,
            graph.edges,
            is_half=graph.record.dtype in HALVES,
            most_bytes=run.most_bytes,
            on_progress=self._report,
        )
        if found.weights_error is not None:
            self.errors["loadings_weights"] = found.weights_error
        if found.loadings is None:
            self.missing["loadings"] = str(found.why)
            return
        of = self.carried = found.loadings
        self.errors["loadings_sums"] = of.sums_error
        edges = graph.edges
        order = np.lexsort((edges.target, edges.source))
        place = np.searchsorted(
            edges.source[order] * len(graph.nodes) + edges.target[order],
            of.source * len(graph.nodes) + of.target,
        )
        self.arrays |= {
            "links": np.stack([edges.source, edges.target], axis=1).astype(np.int32),
            "rest": of.rest,
            "of_link": order[place].astype(np.int32),
            "part_layer": of.layer.astype(np.int16),
            "part_head": of.head.astype(np.int16),
            "part_weight": of.weight,
        }

    def _predictions(self) -> list[list[TokenChance]]:
        tokens, chances = probable_tokens(self.run.model, self.run.recording, N_TOP)
        return [
            [TokenChance(token=self._text(t), probability=p) for t, p in zip(some, of, strict=True)]
            for some, of in zip(tokens.tolist(), chances.tolist(), strict=True)
        ]

    def _stored(self, objective: Objective) -> Internals:
        run, loaded = self.run, self.run.loaded
        n_layers, n_heads = len(run.recording.layers), run.recording.n_heads
        record = InternalsRecord(
            id=internals_id(run, self.parameters),
            graph_id=run.graph.record.id,
            parameters=self.parameters,
            model=loaded.entry.name,
            model_revision=loaded.model_revision,
            dtype=loaded.entry.dtype,
            n_layers=n_layers,
            n_heads=n_heads,
            target=self._text(objective.target),
            foil=None if objective.foil is None else self._text(objective.foil),
            errors=self.errors,
            missing=self.missing,
            versions={
                name: version(name)
                for name in ("circuit-explorer", "circuit-tracer", "torch", "transformers")
            },
            created_at=datetime.now(UTC),
        )
        read, written = self._links(n_heads)
        return Internals(record, self._head_columns(written), read, written, self._fed(n_heads))

    def _head_columns(self, written: HeadLinks) -> Heads:
        recording = self.run.recording
        n = len(recording.layers) * recording.n_heads
        unknown = np.full(n, np.nan)

        def flat(name: str) -> Reals:
            return self.arrays[name].astype(np.float64).ravel() if name in self.arrays else unknown

        patterns = self.arrays.get("statistics")
        of_patterns = dict.fromkeys(STATISTICS[:6], unknown)
        if patterns is not None:
            of_patterns = {name: row.ravel() for name, row in zip(STATISTICS, patterns, strict=False)}
        carried = unknown
        if self.carried is not None:
            carried = np.zeros(n)
            np.add.at(carried, written.head, written.absolute)
            self.arrays["carried"] = carried.reshape(len(recording.layers), -1)
        known = self.run.induction if "attention" in self.parameters.parts else None
        return Heads(
            statistics=of_patterns
            | {
                "attribution": flat("head_attribution"),
                "direct_logit": flat("direct_logit"),
                "ablation": flat("ablation"),
                "carried": carried,
            },
            induction=flat("induction"),
            duplicate_token=flat("duplicate_token"),
            seed=None if known is None else known.seed,
        )

    def _links(self, n_heads: int) -> tuple[HeadLinks, HeadLinks]:
        """What heads read, and what they write to."""
        if self.carried is None:
            nothing = np.empty(0)
            none = HeadLinks(nothing.astype(np.int32), nothing.astype(np.int32), nothing, nothing)
            return none, none
        read, written = (
            HeadLinks(
                node=sums.node.astype(np.int32),
                head=(sums.layer * n_heads + sums.head).astype(np.int32),
                weight=sums.weight,
                absolute=sums.absolute,
            )
            for sums in (self.carried.read_by, self.carried.writes_to)
        )
        return read, written

    def _fed(self, n_heads: int) -> HeadEdges:
        edges = [] if self.edges is None else self.edges.strongest(self.parameters.top_edges)

        def reals(name: str) -> Reals:
            return np.array([getattr(edge, name) for edge in edges], dtype=np.float64)

        return HeadEdges(
            source=np.array(
                [edge.source.layer * n_heads + edge.source.head for edge in edges], dtype=np.int32
            ),
            target=np.array(
                [edge.target.layer * n_heads + edge.target.head for edge in edges], dtype=np.int32
            ),
            weight=reals("weight"),
            query=reals("query"),
            key=reals("key"),
            value=reals("value"),
        )
