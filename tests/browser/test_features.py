"""What features are, on the page: labels and where they are from, facts, and finding out about them."""

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.reading import REFUSED, expect_accessible, import_graph
from tests.browser.test_small_screens import expect_no_overflow
from tests.support.neuronpedia.site import Site, always, answer, entry, explanation, served
from tests.support.processes import serving, url, write_graph

pytestmark = pytest.mark.slow

SET = "gemmascope-transcoder-16k"
SOURCE = f"0-{SET}"
TOKENS = [f" word{at}" for at in range(60)]

EXAMPLES = [
    {"tokens": TOKENS, "values": [9.0 if at == 30 else 0 for at in range(60)]},
    {"tokens": ["in", " Ohio"], "values": [0, 2.0]},
]


class Explorer(NamedTuple):
    """A server, and the Neuronpedia that it asks."""

    url: str
    neuronpedia: Site


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explorer]:
    neuronpedia, data = Site(), tmp_path_factory.mktemp("data")
    with served(neuronpedia), serving(data, "--no-examples", neuronpedia=neuronpedia.url):
        yield Explorer(url(data), neuronpedia)


INDICES = count(2)


@pytest.fixture
def feature(explorer: Explorer) -> int:
    """The index of a feature that no other test has, which Neuronpedia knows."""
    index = next(INDICES)
    explorer.neuronpedia.add(entry(SOURCE, index, activations=EXAMPLES))
    explorer.neuronpedia.asked.clear()
    return index


def write_gemma(folder: Path, index: int, name: str, label: str = "", weight: float = 1.5) -> Path:
    """A graph of a set that Neuronpedia knows: `Dallas -> feature -> Austin`."""
    file = write_graph(folder / f"{name}.json", name, weight)
    content: dict[str, Any] = json.loads(file.read_text())
    content["metadata"] |= {"scan": "gemma-2-2b", "info": {"transcoder_set": SET}}
    content["nodes"][1] |= {
        "clerp": label,
        "node_id": f"0_{index}_1",
        "feature": index * (index + 1) // 2 + index,
    }
    for link in content["links"]:
        for end in ("source", "target"):
            link[end] = f"0_{index}_1" if link[end] == "0_2_1" else link[end]
    file.write_text(json.dumps(content))
    return file


def open_feature(page: Page, graph: str, index: int) -> Locator:
    """Click the graph's feature in the drawing; its details."""
    page.get_by_test_id("drawing").scroll_into_view_if_needed()
    at = page.evaluate("id => window.__scene.screenPosition(id)", f"{graph}/feature/0/1/{index}")
    page.mouse.click(at["x"], at["y"])
    detail = page.get_by_test_id("node-detail")
    expect(detail).to_be_visible()
    return detail


def row(page: Page) -> Locator:
    """The row of the path through the feature."""
    return page.get_by_test_id("path-row").first


def test_a_feature_is_named_and_every_graph_shows_it(
    page: Page, explorer: Explorer, feature: int, tmp_path: Path
) -> None:
    other = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "other", "a state"))
    graph = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "named", "Texas", weight=2.5))
    page.get_by_test_id("mode-single").click()
    page.get_by_role("button", name="Zoom in").click()
    detail = open_feature(page, graph, feature)
    expect(detail.get_by_role("heading", level=2)).to_have_text("Texas")
    expect(page.get_by_test_id("label-origin")).to_have_count(0)  # the graph's own

    page.get_by_test_id("label-open").press("Enter")
    field = page.get_by_test_id("label-text")
    expect(field).to_be_focused()
    expect(field).to_have_value("Texas")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("label-form")).to_have_count(0)
    expect(page.get_by_test_id("label-open")).to_be_focused()
    expect(detail).to_be_visible()

    page.keyboard.press("Enter")
    page.keyboard.type("Lone Star")
    page.get_by_test_id("label-author").fill("ada")
    page.keyboard.press("Enter")
    expect(detail.get_by_role("heading", level=2)).to_have_text("Lone Star")
    expect(page.get_by_test_id("label-origin")).to_have_text("said by ada")
    expect(page.get_by_test_id("label-open")).to_be_focused()
    expect(row(page)).to_contain_text("Lone Star")
    expect(page.get_by_test_id("mode-single")).to_have_attribute("aria-pressed", "true")
    names = "() => window.__scene.drawnNames().some(name => name.text.startsWith('Lone Star'))"
    page.wait_for_function(names)
    expect(page.get_by_test_id("zoom-reset")).to_be_enabled()  # the drawing is where it was

    page.get_by_test_id("other-graphs").get_by_role("link", name="other").click()
    page.wait_for_url(f"**/graphs/{other}")
    expect(row(page)).to_contain_text("Lone Star")

    open_feature(page, other, feature)
    page.get_by_test_id("label-open").click()
    expect(page.get_by_test_id("label-author")).to_have_value("ada")
    page.get_by_test_id("label-remove").click()
    expect(detail.get_by_role("heading", level=2)).to_have_text("a state")
    expect(row(page)).to_contain_text("a state")


def test_the_lit_group_stays_lit_when_its_feature_is_named(
    page: Page, explorer: Explorer, feature: int, tmp_path: Path
) -> None:
    graph = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "lit", "Texas"))
    lit = page.locator("[data-testid=path-row][data-lit=true]")
    page.get_by_test_id("path-row").filter(has_text="Texas").locator(".path-row-button").click()
    expect(lit).to_contain_text("Texas")
    open_feature(page, graph, feature)
    page.get_by_test_id("label-open").click()
    page.get_by_test_id("label-text").fill("Lone Star")
    page.keyboard.press("Enter")
    expect(lit).to_contain_text("Lone Star")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-nodes", "3")
    expect(page.get_by_test_id("node-detail")).to_be_visible()


def test_a_name_that_cannot_be_kept_is_told_of(
    page: Page, explorer: Explorer, feature: int, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)
    graph = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "refused", "Texas"))
    open_feature(page, graph, feature)
    page.get_by_test_id("label-open").click()
    page.get_by_test_id("label-text").fill("  ")
    page.get_by_test_id("label-save").click()
    expect(page.get_by_test_id("label-refused")).to_contain_text("no words")
    page.get_by_test_id("label-text").fill("Lone Star")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("label-form")).to_have_count(0)
    expect(row(page)).to_contain_text("Lone Star")


def test_a_borrowed_name_says_where_it_is_from(
    page: Page, explorer: Explorer, feature: int, tmp_path: Path
) -> None:
    labelled = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "labelled", "Texas"))
    graph = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "bare", weight=2.5))
    page.get_by_test_id("mode-single").click()
    expect(row(page).locator(".inferred")).to_contain_text("Texas")
    expect(page.get_by_test_id("label-counts")).to_have_text(
        "1 label for 1 feature: 1 borrowed from other graphs."
    )

    page.get_by_test_id("label-rule").select_option("own")
    expect(page.get_by_test_id("label-counts")).to_have_text("None of 1 feature has a label.")
    expect(row(page)).to_contain_text(f"L0 #{feature}")
    expect(page).to_have_url(re.compile(re.escape(f"/graphs/{graph}?by=none&labels=own") + "$"))
    page.reload()
    expect(row(page)).to_contain_text(f"L0 #{feature}")
    page.get_by_test_id("label-rule").select_option("borrowed")
    expect(row(page)).to_contain_text("Texas")
    expect(page).to_have_url(re.compile("labels=borrowed$"))

    open_feature(page, graph, feature)
    expect(page.get_by_test_id("label-origin")).to_have_text("from labelled")
    page.get_by_test_id("label-origin").get_by_role("link").click()
    page.wait_for_url(f"**/features/*/*/0/{feature}")
    page.locator(f"[data-graph-id='{labelled}']").get_by_role("link").first.click()
    page.wait_for_url(f"**/graphs/{labelled}?**")
    page.get_by_test_id("mode-single").click()
    expect(row(page)).to_contain_text("Texas")
    expect(row(page).locator(".inferred")).to_have_count(0)


def test_what_a_feature_is_is_found_out_and_shown(
    page: Page, explorer: Explorer, feature: int, tmp_path: Path
) -> None:
    graph = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "asked"))
    open_feature(page, graph, feature)
    expect(page.get_by_test_id("feature-absent")).to_contain_text("Nothing is known of this feature.")
    page.get_by_role("button", name="Close the details").click()
    page.get_by_test_id("annotate-start").press("Enter")
    expect(page.get_by_test_id("annotate")).to_contain_text("1 of 1 feature has an explanation.")
    expect(page.get_by_test_id("annotate-start")).to_have_count(0)
    expect(page.get_by_test_id("label-counts")).to_contain_text("1 from explanations")
    expect(row(page)).to_contain_text(f"{SOURCE} {feature}")
    assert explorer.neuronpedia.ways() == ["batch"]

    open_feature(page, graph, feature)
    expect(page.get_by_test_id("label-origin")).to_have_text("explained by gpt-4o-mini")
    expect(page.get_by_test_id("explanations")).to_contain_text("gpt-4o-mini")
    logits = page.get_by_test_id("feature-logits")
    expect(logits).to_contain_text("Texas")
    expect(logits).to_contain_text("−0.75")
    facts = page.get_by_test_id("feature-facts")
    expect(facts).to_contain_text("0.100 %")
    expect(page.get_by_test_id("activation-histogram").locator("rect")).to_have_count(2)
    page_there = page.get_by_test_id("neuronpedia-page")
    expect(page_there).to_have_attribute("href", f"{explorer.neuronpedia.url}/gemma-2-2b/{SOURCE}/{feature}")
    expect(facts).to_contain_text("From Neuronpedia.")

    example = page.get_by_test_id("examples").get_by_role("listitem").first
    expect(example.locator("mark")).to_have_text("word30")
    expect(example).not_to_contain_text("word59")
    example.get_by_role("button", name="more").press("Enter")
    expect(example).to_contain_text("word59")
    example.get_by_role("button", name="less").press("Enter")
    expect(example).not_to_contain_text("word59")


def test_a_name_made_from_top_logits_is_marked_and_can_be_left_out(
    page: Page, explorer: Explorer, feature: int, tmp_path: Path
) -> None:
    explorer.neuronpedia.add(entry(SOURCE, feature, explanations=[]))
    graph = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "made"))
    page.get_by_test_id("mode-single").click()
    page.get_by_test_id("annotate-start").click()
    expect(page.get_by_test_id("label-counts")).to_contain_text("1 made from top logits")
    expect(row(page).locator(".inferred")).to_contain_text("~ Texas")
    open_feature(page, graph, feature)
    expect(page.get_by_test_id("label-origin")).to_have_text("made from its top logits")
    page.keyboard.press("Escape")
    page.get_by_test_id("label-rule").select_option("borrowed")
    expect(row(page)).to_contain_text(f"L0 #{feature}")


def test_with_neuronpedia_away_the_page_says_so_and_asks_again(
    page: Page, explorer: Explorer, feature: int, tmp_path: Path
) -> None:
    neuronpedia = explorer.neuronpedia
    neuronpedia.faults |= dict.fromkeys(("batch", "feature", "page"), always(answer(500)))
    import_graph(page, explorer.url, write_gemma(tmp_path, feature, "away"))
    page.get_by_test_id("annotate-start").click()
    expect(page.get_by_test_id("annotate")).to_contain_text("1 is left to ask for.")
    expect(page.locator(".annotate-problem").first).to_contain_text("500")
    neuronpedia.faults.clear()
    page.get_by_role("button", name="Ask for what is left").click()
    expect(page.get_by_test_id("annotate")).to_contain_text("1 of 1 feature has an explanation.")
    expect(page.locator(".annotate-problem")).to_have_count(0)


def test_facts_that_cannot_be_read_are_told_of_and_asked_for_again(
    page: Page, explorer: Explorer, feature: int, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages.append("Failed to load resource: the server responded with a status of 500")
    graph = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "broken", "Texas"))

    def broken(route: Route) -> None:
        route.fulfill(status=500, json={"error": "Broken", "detail": "The disk cannot be read."})

    page.route("**/api/features/**", broken)
    open_feature(page, graph, feature)
    expect(page.get_by_test_id("error-banner")).to_contain_text("The disk cannot be read.")
    page.unroute("**/api/features/**", broken)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("feature-facts")).to_be_visible()
    expect(page.get_by_test_id("error-banner")).to_have_count(0)


def test_a_job_says_what_its_graph_lacks(page: Page, explorer: Explorer, tmp_path: Path) -> None:
    """A graph pruned again is annotated again, and no table knows its transcoder set."""
    file = write_graph(tmp_path / "unknown.json", "unknown", 3.5)
    content = json.loads(file.read_text())
    content["metadata"]["info"] = {"transcoder_set": "a set of their own"}
    graphs = f"{explorer.url}/api/graphs"
    stored = page.request.post(f"{graphs}/import?node_threshold=1&edge_threshold=1", data=content)
    assert stored.ok, stored.text()
    thresholds = {"node_threshold": 0.9, "edge_threshold": 0.9}
    job = page.request.post(f"{graphs}/{stored.json()['id']}/prune", data=thresholds)
    assert job.ok, job.text()
    page.goto(explorer.url)
    row = page.locator(f"[data-job-id='{job.json()['id']}']")
    expect(row.get_by_test_id("job-note")).to_have_text(
        "Features are unexplained: Neuronpedia's source is not known of a set of their own."
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_features_are_accessible_on_every_screen(
    page: Page, explorer: Explorer, feature: int, tmp_path: Path, width: int, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    many = [
        explanation(
            f"explanation {at} of a feature",
            explanationModelName=f"a model by whose name nobody calls it twice {at}",
        )
        for at in range(6)
    ]
    long = [*EXAMPLES, *({"tokens": ["x" * 200, " Ohio"], "values": [1.0, 2.0]} for _ in range(6))]
    explorer.neuronpedia.add(entry(SOURCE, feature, explanations=many, activations=long))
    import_graph(page, explorer.url, write_gemma(tmp_path, feature, "a-name-of-a-graph-" * 6, "Texas"))
    graph = import_graph(page, explorer.url, write_gemma(tmp_path, feature, "bare", weight=2.5))
    page.get_by_test_id("annotate-start").click()
    expect(page.get_by_test_id("annotate")).to_contain_text("has an explanation")
    expect_accessible(page)
    expect_no_overflow(page)
    open_feature(page, graph, feature)
    expect(page.get_by_test_id("examples")).to_be_visible()
    page.get_by_test_id("label-open").click()
    page.get_by_role("button", name="4 more").first.click()
    expect_accessible(page)
    expect_no_overflow(page)
