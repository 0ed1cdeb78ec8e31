"""The Tokens tab: bars, what they add up to and against what, predictions at each position, words."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.internals.conftest import Computed
from tests.browser.reading import expect_accessible, text_of

pytestmark = pytest.mark.slow


def opened(page: Page, computed: Computed, graph: str | None = None) -> None:
    page.goto(f"{computed.site}/graphs/{graph or computed.dallas}?tab=tokens")
    expect(page.get_by_test_id("token-attribution")).to_be_visible()


def internals(page: Page, computed: Computed, graph: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = page.request.get(
        f"{computed.site}/api/graphs/{graph or computed.dallas}/internals"
    ).json()
    return found


def values(page: Page) -> list[float]:
    return [float(bar.get_attribute("data-value") or "nan") for bar in page.get_by_test_id("token-bar").all()]


def test_every_token_has_its_bar(page: Page, computed: Computed) -> None:
    opened(page, computed)
    found = internals(page, computed)
    expect(page.get_by_test_id("token-attribution").locator("h2")).to_have_text(
        "What makes the model say Austin rather than Texas"
    )
    assert values(page) == pytest.approx(found["token_attribution"])
    bars = page.get_by_test_id("token-bar")
    heights = [each.locator(".token-bars-bar").bounding_box() for each in (bars.nth(9), bars.nth(10))]
    assert heights[0] and heights[1]
    share = found["token_attribution"][9] / found["token_attribution"][10]
    assert heights[0]["height"] / heights[1]["height"] == pytest.approx(share, abs=0.02)
    expect_accessible(page)


def test_the_sum_the_baseline_and_the_error_are_told(page: Page, computed: Computed) -> None:
    opened(page, computed)
    found = internals(page, computed)
    figures = page.get_by_test_id("token-figures")
    change = found["value"] - found["baseline_value"]
    for figure in (found["value"], found["baseline_value"], change, sum(found["token_attribution"])):
        expect(figures).to_contain_text(f"{figure:.2f}")
    expect(figures).to_contain_text(f"{100 * found['errors']['completeness']:.2f} %")
    expect(figures).to_contain_text(str(found["points"]))
    expect(figures.get_by_test_id("incomplete")).to_have_count(0)
    expect(page.get_by_test_id("baseline")).to_contain_text(
        "the token ‹pad› at every position but the first, which stays ‹bos›"
    )
    page.get_by_test_id("other-baseline").click()
    expect(page.get_by_test_id("compute-panel").get_by_label("Baseline token")).to_be_visible()


def test_an_error_above_a_hundredth_is_warned_of(page: Page, computed: Computed) -> None:
    found = internals(page, computed)
    found["errors"]["completeness"] = 0.034
    page.route("**/internals", lambda route: route.fulfill(json=found))
    opened(page, computed)
    expect(page.get_by_test_id("incomplete")).to_contain_text("more than 1 % of the difference")
    expect(page.get_by_test_id("token-figures")).to_contain_text("3.40 %")
    expect_accessible(page)


def test_a_token_has_its_predictions_and_the_heads_that_moved_it(page: Page, computed: Computed) -> None:
    opened(page, computed)
    here = page.get_by_test_id("predicted-here")
    expect(here.get_by_role("listitem")).to_have_count(5)
    expect(here).to_contain_text("Austin")
    bars = page.get_by_test_id("token-bar")
    bars.nth(10).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(bars.nth(9)).to_have_attribute("aria-pressed", "true")
    found = internals(page, computed)
    first = found["predictions"][9][0]
    row = here.get_by_role("listitem").first
    expect(row).to_contain_text(first["token"].strip())
    expect(row).to_contain_text(f"{100 * first['probability']:.1f} %")
    nodes, links = found["sankey"]["nodes"], found["sankey"]["links"]
    of_token = [link for link in links if nodes[link["source"]]["position"] == 9]
    largest = max(
        (link for link in of_token if nodes[link["target"]]["kind"] == "head"), key=lambda link: link["value"]
    )
    head = nodes[largest["target"]]
    moved = page.get_by_test_id("moved-by").get_by_role("listitem").first
    expect(moved).to_contain_text(f"L{head['layer']}H{head['head']}")
    assert f"{largest['value']:.2f}" in text_of(moved)


def test_the_pieces_of_a_word_have_one_bar(page: Page, computed: Computed, pieces: str) -> None:
    opened(page, computed, pieces)
    apart = internals(page, computed, pieces)["token_attribution"]
    word = page.get_by_test_id("token-bar").nth(4)
    expect(word).to_contain_text("Wednesdays")
    assert values(page)[4] == pytest.approx(apart[4] + apart[5])
    page.get_by_label("Words as one").uncheck()
    expect(word).not_to_contain_text("Wednesdays")
    assert values(page) == pytest.approx(apart)
