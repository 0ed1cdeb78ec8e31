"""Questions about paths, asked in Chromium: by which score, in which groups, through and around which nodes."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import REFUSED, import_graph, text_of
from tests.ingest.graph_file.test_attention import document
from tests.support.graph_documents import edited, link, node

pytestmark = pytest.mark.slow

TEXAS, UNLABELLED = "feature/2/2/9", "feature/0/1/7"

OpenGraph = Callable[..., str]
"""Imports the fixture's graph with edits and opens it; its id."""


@pytest.fixture
def open_graph(page: Page, site: str, tmp_path: Path) -> OpenGraph:
    """A graph of two paths: `Dallas → L0 #7 → Austin` carries 0.5 of the influence, and 0.3 by way of Texas.

    Their contributions are 2 / 1.5 * 5 and 2 / 1.5 * (-3 / 2.5) * 4; a drawn supernode holds both features.
    """

    def add_short_path(document: dict[str, Any]) -> None:
        document["links"].append(link("0_7_1", "5_22898_2", 5.0))

    def open_edited(
        *edits: Callable[[dict[str, Any]], Any], score: str = "influence", by: str | None = "label"
    ) -> str:
        file = tmp_path / "question.json"
        file.write_text(json.dumps(edited(add_short_path, *edits)))
        graph = import_graph(page, site, file)
        page.get_by_test_id("score-picker").select_option(score)
        if by is not None:
            page.get_by_test_id("group-by").select_option(by)
        return graph

    return open_edited


def expect_rows(page: Page, *rows: str) -> None:
    """Expect exactly these rows in the lists, each of steps and score; what raises the target comes first."""
    expect(page.locator("[data-testid=path-row] .path-row-line")).to_have_text(list(rows))


def scores(page: Page) -> Locator:
    return page.locator(".path-row-line .score-value")


def open_node(page: Page, node: str) -> None:
    """Open a node's details from a lit row that it is on."""
    page.get_by_test_id("path-row").filter(has_text="Texas").locator(".path-row-button").click()
    page.get_by_test_id("path-detail").locator(f"[data-node-id$='{node}']").click()
    expect(page.get_by_test_id("node-detail")).to_be_visible()


def test_rows_say_whether_they_raise_or_lower_the_target(page: Page, open_graph: OpenGraph) -> None:
    open_graph()
    signs = page.locator(".path-row-sign")
    expect(signs.nth(0)).to_have_text("+Raises the target. Contribution 6.67.")
    expect(signs.nth(1)).to_have_text("−Lowers the target. Contribution −6.40.")
    bars = page.locator(".path-row .bar")
    expect(bars.nth(0).locator(".path-row-lowering")).to_have_count(0)
    expect(bars.nth(1).locator(".path-row-raising")).to_have_count(0)

    said = page.get_by_test_id("sentence")
    expect(said).to_contain_text(
        "Of these 2 groups, in logits: Dallas → L0 #7 (+6.67) raises Austin most; "
        "Dallas → L0 #7 → Texas (−6.40) lowers it most."
    )
    said.locator("summary").click()
    expect(said.locator("p")).to_be_visible()
    expect(said.locator("p")).to_contain_text(
        "Paths that fit raise Austin with 50.0 % of its influence and lower it with 30.0 %; the lists carry 80.0 %."
    )

    page.get_by_test_id("group-by").select_option("supernode")
    expect(signs).to_have_count(1)
    expect(signs).to_have_text(
        "+Raises the target: 50.00 % of the influence raises it, 30.00 % lowers it, net +20.00 %. Contribution 0.267."
    )
    expect(bars.locator("span")).to_have_count(2)


def test_one_side_is_listed_alone(page: Page, open_graph: OpenGraph) -> None:
    open_graph()
    both, raising, lowering = (page.get_by_test_id(f"side-{side}") for side in ("both", "raises", "lowers"))
    expect(both).to_have_attribute("aria-pressed", "true")
    lowering.click()
    expect_rows(page, "Dallas→L0 #7→Texas→Austin30.0 %")
    raising.click()
    expect(raising).to_have_attribute("aria-pressed", "true")
    expect_rows(page, "Dallas→L0 #7→Austin50.0 %")

    page.get_by_test_id("group-by").select_option("supernode")  # its two paths raise on balance, by 50 - 30 %
    expect_rows(page, "Dallas→state→Austin20.0 %")
    lowering.click()
    expect(page.locator(".side-list-empty")).to_have_text("No group lowers Austin on balance.")
    page.get_by_test_id("show-both").click()
    expect(both).to_have_attribute("aria-pressed", "true")
    expect_rows(page, "Dallas→state→Austin20.0 %")
    expect(page.get_by_test_id("list-lowers")).to_contain_text("No group lowers Austin on balance.")
    expect(page.get_by_test_id("sentence")).to_contain_text("nothing lowers it")


def test_paths_are_ranked_by_contribution(page: Page, open_graph: OpenGraph) -> None:
    open_graph()
    expect(page.get_by_test_id("score-picker")).to_have_value("influence")
    expect_rows(page, "Dallas→L0 #7→Austin50.0 %", "Dallas→L0 #7→Texas→Austin30.0 %")

    page.get_by_test_id("score-picker").select_option("contribution")
    expect_rows(page, "Dallas→L0 #7→Austin6.67", "Dallas→L0 #7→Texas→Austin−6.40")
    expect(scores(page).nth(1)).to_have_attribute("title", "Lowers the target")
    bars = page.locator(".path-row .bar > span:first-child")
    inhibits = page.locator(".swatch.inhibits")
    colour = "element => getComputedStyle(element).backgroundColor"
    assert bars.nth(1).evaluate(colour) == inhibits.evaluate(colour) != bars.nth(0).evaluate(colour)
    page.get_by_test_id("path-row").nth(1).click()
    expect(page.get_by_test_id("path-detail")).to_contain_text("Contribution −6.40, which lowers the target")

    page.get_by_test_id("group-by").select_option("supernode")
    expect_rows(page, "Dallas→state→Austin0.267")
    expect(scores(page)).to_have_attribute("title", "Signed sum over 2 paths. Their absolute sum ranks: 13.1")
    expect(page.get_by_test_id("coverage")).to_contain_text("carries 80.0 % of the influence")


def test_scores_that_cannot_be_added_up_list_single_paths(page: Page, open_graph: OpenGraph) -> None:
    open_graph()
    page.get_by_test_id("group-by").select_option("layer")
    page.get_by_test_id("score-picker").select_option("mean_weight")
    expect_rows(page, "Dallas→L0 #7→Austin3.50", "Dallas→L0 #7→Texas L2→Austin1.00")
    grouped = page.get_by_test_id("mode-grouped")
    expect(grouped).to_be_disabled()
    expect(grouped).to_have_attribute(
        "title", "Mean weight of single paths cannot be added up, so not in groups"
    )
    expect(page.get_by_test_id("mode-single")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("group-by")).to_have_count(0)

    page.get_by_test_id("score-picker").select_option("influence")  # grouped as before
    expect(grouped).to_have_attribute("aria-pressed", "true")
    expect_rows(page, "Dallas→layer 0→Austin50.0 %", "Dallas→layer 0→layer 2→Austin30.0 %")


@pytest.mark.parametrize(
    ("by", "first"),
    [
        ("auto", "Dallas→reads Dallas→Austin50.0 %"),
        ("label", "Dallas→L0 #7→Austin50.0 %"),
        ("feature", "Dallas→L0 #7→Austin50.0 %"),
        ("layer", "Dallas→layer 0→Austin50.0 %"),
        ("position", "Dallas→position 1 Dallas→Austin50.0 %"),
        ("supernode", "Dallas→state→Austin20.0 %"),
    ],
)
def test_paths_are_grouped_by_more_than_labels(
    page: Page, open_graph: OpenGraph, by: str, first: str
) -> None:
    open_graph(by=None)
    picker = page.get_by_test_id("group-by")
    expect(picker).to_have_value("auto")
    assert picker.locator("option").all_inner_texts() == [
        "auto",
        *(f"by {each}" for each in ("label", "feature", "layer", "position", "supernode")),
    ]
    picker.select_option(by)
    expect(page.get_by_test_id("path-row").first.locator(".path-row-line")).to_have_text(first)
    page.get_by_test_id("path-row").first.click()
    expect(page.get_by_test_id("drawing")).not_to_have_attribute("data-lit-edges", "0")


def test_a_graph_is_not_grouped_by_what_it_lacks(page: Page, open_graph: OpenGraph) -> None:
    def without_labels(document: dict[str, Any]) -> None:
        document["metadata"]["scan"] = "a-model-of-its-own"  # of which no other graph has labels to lend
        document["qParams"] = {}
        for one in document["nodes"]:
            if "transcoder" in one["feature_type"]:
                one["clerp"] = ""

    open_graph(without_labels, by=None)
    picker = page.get_by_test_id("group-by")
    expect(picker).to_have_value("auto")
    assert picker.locator("option").all_inner_texts() == [*("auto", "by feature", "by layer", "by position")]


def test_automatic_groups_tell_what_they_hold(page: Page, open_graph: OpenGraph) -> None:
    open_graph(by="auto")
    line = page.get_by_test_id("groups-line")
    expect(line).to_contain_text(
        "2 automatic groups hold 100 % of the influence in 10 sequences; shuffled groups of these sizes: 100 %."
    )
    expect(line).to_contain_text("not what features mean")
    page.get_by_test_id("group-by").select_option("layer")
    expect(line).to_have_count(0)


def test_paths_from_the_token_before_the_text_can_be_hidden(page: Page, open_graph: OpenGraph) -> None:
    def from_the_first_token(document: dict[str, Any]) -> None:
        document["nodes"].append(node("E_2_0", "embedding", "E", 0, -1))
        document["links"].append(link("E_2_0", "0_7_1", 1.0))

    open_graph(from_the_first_token)
    hidden = page.get_by_test_id("hidden-line")
    rows = page.get_by_test_id("path-row")
    expect(rows.filter(has_text="‹bos›").first).to_be_visible()
    expect(hidden).to_have_count(0)
    page.get_by_test_id("path-options").locator("summary").click()
    page.get_by_test_id("hide-bos").check()
    expect(page.get_by_test_id("filters")).to_have_text("not from ‹bos›")
    expect(hidden).to_have_text(re.compile(r"Hidden: paths from ‹bos›, [\d.]+ % of the influence\."))
    expect(rows.filter(has_text="‹bos›")).to_have_count(0)
    expect(rows.first).to_be_visible()
    expect(page.get_by_test_id("coverage")).to_contain_text("filtered out")


def test_help_tells_what_the_server_says_of_the_scores(page: Page, site: str, open_graph: OpenGraph) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    open_graph()
    page.get_by_test_id("path-row").first.locator(".path-row-button").click()
    button, dialog = page.get_by_test_id("score-help"), page.get_by_test_id("score-help-dialog")
    expect(dialog).not_to_be_visible()
    page.get_by_test_id("score-picker").focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="What paths are ranked by")).to_be_visible()

    listed = page.request.get(f"{site}/api/scores").json()["scores"]
    definitions = page.get_by_test_id("score-definition")
    expect(definitions).to_have_count(len(listed))
    for at, score in enumerate(listed):
        for words in ("definition", "unit", "sign", "order", "meaning"):
            expect(definitions.nth(at)).to_contain_text(score[words].replace("`", ""))

    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(button).to_be_focused()
    expect(page.get_by_test_id("path-detail")).to_be_visible()  # Escape closed nothing behind the dialog
    button.click()
    page.mouse.click(5, 5)  # beside it
    expect(dialog).not_to_be_visible()
    assert sum(address.endswith("/api/scores") for address in fetched) == 1


def test_paths_go_through_and_around_a_node(page: Page, open_graph: OpenGraph) -> None:
    graph = open_graph()
    coverage = page.get_by_test_id("coverage")
    expect(coverage).not_to_contain_text("filtered out")
    open_node(page, TEXAS)
    through, around = page.get_by_test_id("through-this"), page.get_by_test_id("around-this")
    through.click()
    expect(through).to_have_attribute("aria-pressed", "true")
    expect_rows(page, "Dallas→L0 #7→Texas→Austin30.0 %")
    chip = page.get_by_test_id("filter-through")
    expect(chip).to_have_attribute("data-selector", f"{graph}/{TEXAS}")
    assert text_of(chip) == "through Texas L2 is"
    expect(coverage).to_contain_text("filtered out 50.0")
    assert float(coverage.get_attribute("data-covered") or 0) == pytest.approx(0.3)

    around.click()  # replaces the filter above
    expect(page.get_by_test_id("filter-through")).to_have_count(0)
    expect(page.get_by_test_id("filter-around")).to_have_count(1)
    expect_rows(page, "Dallas→L0 #7→Austin50.0 %")
    expect(coverage).to_contain_text("filtered out 30.0")

    page.get_by_test_id("comes-from").locator(f"[data-node-id$='{UNLABELLED}']").click()
    through.click()  # they combine
    expect_rows(page, "Dallas→L0 #7→Austin50.0 %")
    page.get_by_role("button", name="through L0 #7 Dallas: remove").click()
    around.click()
    expect(page.get_by_test_id("filter-around")).to_have_count(2)
    expect_rows(page)
    expect(page.get_by_test_id("list-raises")).to_contain_text("No group that fits the filters raises Austin")

    # Only one of the two empties the list.
    expect(page.get_by_test_id("drop-filter")).to_have_text("Drop “around L0 #7 Dallas”")
    expect(page.get_by_test_id("drop-all")).to_be_visible()
    expect(coverage).to_have_count(0)
    page.get_by_test_id("drop-filter").click()
    expect_rows(page, "Dallas→L0 #7→Austin50.0 %")
    expect(page.get_by_test_id("way-out")).to_have_count(0)
    page.get_by_test_id("remove-filter").click()
    expect_rows(page, "Dallas→L0 #7→Austin50.0 %", "Dallas→L0 #7→Texas→Austin30.0 %")
    expect(page.get_by_test_id("filters")).to_have_count(0)


def test_a_prediction_only_ends_paths(page: Page, open_graph: OpenGraph) -> None:
    open_graph()
    open_node(page, TEXAS)
    page.get_by_test_id("goes-to").get_by_role("button").first.click()
    expect(page.get_by_test_id("node-detail")).to_contain_text("logit node")
    expect(page.get_by_test_id("through-this")).to_have_count(0)
    expect(page.get_by_test_id("from-this")).to_have_count(0)
    expect(page.get_by_test_id("to-this")).to_have_attribute("aria-pressed", "true")


def test_a_graph_without_activations_says_why_it_has_no_contribution(
    page: Page, open_graph: OpenGraph, expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)

    def without_activations(document: dict[str, Any]) -> None:
        for one in document["nodes"]:
            one.pop("activation", None)

    open_graph(without_activations)
    page.get_by_test_id("score-picker").select_option("contribution")
    banner = page.get_by_test_id("error-banner")
    expect(banner).to_contain_text("contribution divides by the activations of feature nodes")
    expect(banner.get_by_role("button")).to_have_count(0)  # asking again would not help
    expect(page.get_by_test_id("path-row")).to_have_count(0)  # no other score's paths under this one's name
    page.get_by_test_id("score-picker").select_option("bottleneck")
    expect(banner).to_have_count(0)
    expect(page.get_by_test_id("path-row").first).to_be_visible()


def test_nodes_are_sized_by_what_flows_through_them(page: Page, open_graph: OpenGraph) -> None:
    open_graph()
    open_node(page, TEXAS)
    detail = page.get_by_test_id("node-detail")
    expect(page.get_by_test_id("sized-by")).to_have_value("flow")
    expect(detail.locator("dl")).to_contain_text("flow to the target30.0 %")
    picture = "() => document.querySelector('.drawing-nodes').toDataURL()"
    redrawn = "before => document.querySelector('.drawing-nodes').toDataURL() !== before"
    by_flow = page.evaluate(picture)

    page.get_by_test_id("sized-by").select_option("influence")
    page.wait_for_function(redrawn, arg=by_flow)
    expect(detail.locator("dl")).to_contain_text("flow to the target30.0 %")  # the figure stays
    page.get_by_test_id("sized-by").select_option("flow")

    page.get_by_test_id("around-this").click()
    expect(detail.locator("dl")).to_contain_text("flow to the target0.0 %")


def test_the_target_can_be_one_logit_rather_than_another(page: Page, open_graph: OpenGraph) -> None:
    """`"quoted"` has two inputs: the token with a link of its own, and Texas, whose links to both weigh the same."""

    def two_logits(document: dict[str, Any]) -> None:
        document["links"] = [one for one in document["links"] if one["target"] != "5_50_2"]
        document["links"] += [
            link("2_9_2", "5_50_2", 4.0),
            link("0_7_1", "5_50_2", 1.0),
            link("E_26865_1", "5_50_2", 1.0),
        ]

    open_graph(two_logits)
    other = page.get_by_test_id("rather-than-picker")
    expect(other).to_have_value("")
    expect_rows(page, "Dallas→L0 #7→Austin50.0 %", "Dallas→L0 #7→Texas→Austin30.0 %")
    note = page.locator(".coverage-bar-note", has_text="over the links that pruning kept")
    expect(note).to_have_count(0)

    other.select_option(label='"quoted"  25.0 %')
    expect_rows(page, "Dallas→L0 #7→Austin100.0 %")  # 5 - 1; the others have equal effects on both
    expect(page.get_by_test_id("list-raises")).to_contain_text('Raise Austin rather than "quoted"')
    expect(note).to_be_visible()
    page.get_by_test_id("path-row").locator(".path-row-button").click()
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-edges", "3")

    page.get_by_test_id("target-picker").select_option(label='"quoted"  25.0 %')
    expect(other).to_have_value("")
    expect(page.get_by_test_id("list-raises")).to_contain_text('Raise "quoted"')


def test_a_feature_of_attention_says_what_it_attends_to(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "attention.json"
    file.write_text(json.dumps(document()))
    import_graph(page, site, file)
    page.get_by_test_id("path-row").first.locator(".path-row-button").click()
    page.get_by_test_id("path-detail").locator("[data-node-id$='feature/2/2/7/attn']").first.click()
    detail = page.get_by_test_id("node-detail")
    expect(detail).to_contain_text("feature node · layer 2, attention")
    expect(page.get_by_test_id("attends-to").first).to_contain_text("L1 #9 leftstart−2.00")
    page.get_by_test_id("attends-to").first.get_by_role("button", name="L1 #9 left").first.click()
    expect(detail).to_have_attribute("data-node-id", re.compile("feature/1/1/9$"))
    below, above = (
        page.evaluate("id => window.__scene.screenPosition(id).y", f"{graph_id(page)}/feature/2/2/7{site}")
        for site in ("/attn", "")
    )
    assert below > above, "attention comes before the MLP of its layer"


def graph_id(page: Page) -> str:
    return urlsplit(page.url).path.rsplit("/", 1)[-1]


def test_an_import_says_what_it_did_not_store_and_what_was_there(
    page: Page, site: str, tmp_path: Path
) -> None:
    file = tmp_path / "pins.json"
    file.write_text(json.dumps(edited(lambda d: d["qParams"].update(pinnedIds=["2_9_2", "gone"]))))
    page.goto(site)
    page.get_by_test_id("import-input").set_input_files(file)
    note = page.get_by_test_id("import-note")
    expect(note).to_have_text("pins.json not stored: 1 zero link, 1 pin")
    page.goto(site)
    page.get_by_test_id("import-input").set_input_files(file)
    expect(note).to_have_text("pins.json was stored before; not stored: 1 zero link, 1 pin")
