"""From a link to the heads that carried it, to where one looked, and why."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from api.client.client import Client
from tests.browser.internals.conftest import Computed
from tests.browser.reading import expect_accessible

pytestmark = pytest.mark.slow

DALLAS, IS = 9, 10
LINK = "sel=link:embedding/-1/9/1430:logit/4/10/1297"
"""Dallas -> Austin."""


def figure(text: str) -> float:
    """The first signed figure of a text."""
    found = re.search(r"−?\d+(?:\.\d+)?", text)
    assert found, text
    return float(found[0].replace("−", "-"))


def figures(rows: Locator) -> list[float]:
    return [figure(row.locator(".signed").inner_text()) for row in rows.all()]


def token(page: Page, position: int) -> Locator:
    return page.locator(f"[data-testid=token][data-positions='{position}']")


def test_a_link_leads_to_the_head_that_carried_most_to_where_it_looked_and_why(
    page: Page, computed: Computed
) -> None:
    page.goto(f"{computed.graph}?{LINK}")
    parts = page.get_by_test_id("link-parts").get_by_role("listitem")
    expect(parts.first).to_contain_text("L2H2 is → Dallas 100 %")
    weight = figure(page.get_by_test_id("link-sum").locator("dd").inner_text())
    assert sum(figures(parts)) == pytest.approx(weight, abs=0.01)
    expect_accessible(page)

    page.get_by_test_id("all-paths").click()
    paths = page.get_by_test_id("link-paths").get_by_role("listitem")
    expect(paths.first).to_contain_text("L0H2")
    assert figures(paths)[0] > figures(parts)[0], "most passes an early head, which is not the last"

    parts.first.get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"sel=head:2\.2:10:9&tab=attention"))
    cell = page.get_by_test_id("cell-detail")
    expect(cell).to_contain_text("is looks at Dallas")
    expect(cell.get_by_test_id("cell-attention")).to_have_text("100.0 % of its attention, place 1 of 11 keys")
    expect(token(page, IS)).to_have_attribute("data-pointed", "query")
    expect(token(page, DALLAS)).to_have_attribute("data-pointed", "key")

    cell.get_by_test_id("why-here").click()
    pairs = page.get_by_test_id("why-pairs").get_by_role("listitem")
    expect(pairs).to_have_count(8)
    cell.get_by_role("button", name="42 more").click()
    expect(pairs).to_have_count(50)
    rest, product = (figure(text) for text in page.get_by_test_id("why-sum").locator("dd").all_inner_texts())
    assert sum(figures(pairs)) + rest == pytest.approx(product, abs=0.3), "each figure has three digits"
    expect(page.get_by_test_id("why-softmax")).to_contain_text("softmax received 9.20")
    expect_accessible(page)

    pairs.filter(has_text="capital").first.get_by_role("button", name="capital", exact=True).click()
    expect(page).to_have_url(re.compile(r"sel=embedding/-1/4/"))
    page.go_back()
    expect(cell).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("link-heads")).to_be_visible()
    expect(page.get_by_test_id("tabs").get_by_role("button", name="Graph")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_selected_head_says_what_it_does_and_lights_the_links_it_carried(
    page: Page, computed: Computed
) -> None:
    page.goto(f"{computed.graph}?sel=head:2.2&tab=heads")
    detail = page.get_by_test_id("head-detail")
    expect(detail.get_by_role("heading", level=2)).to_have_text("Head L2H2")
    statistics = detail.get_by_test_id("head-statistics")
    expect(statistics.locator("[data-statistic=induction] dd")).to_have_text(re.compile(r"^1\d\.\d %$"))
    expect(statistics.locator("[data-statistic]")).to_have_count(12)
    carried = detail.get_by_test_id("carried-list").get_by_role("listitem")
    expect(carried.first).to_contain_text("Dallas → Austin")
    expect(detail.get_by_test_id("head-reads").get_by_role("listitem").first).to_contain_text("Dallas")
    expect(detail.get_by_test_id("head-writes").get_by_role("listitem").first).to_contain_text("Austin")

    page.get_by_test_id("tabs").get_by_role("button", name="Graph").click()
    expect(token(page, DALLAS)).to_have_class(re.compile("is-lit"))
    expect(token(page, 5)).not_to_have_class(re.compile("is-lit"))
    expect_accessible(page)

    carried.first.get_by_role("button").click()
    expect(page.get_by_test_id("link-heads")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("selection-detail")).to_have_count(0)


def test_a_head_that_the_model_does_not_have_is_left_out(page: Page, computed: Computed) -> None:
    page.goto(f"{computed.graph}?tab=attention&sel=head:9.0&layers=-1,7&heads=2.-1")
    said = page.get_by_test_id("left-out")
    expect(said).to_contain_text("layers=-1,7, sel=head:9.0")
    expect(page).to_have_url(re.compile(r"tab=attention&layers=3&heads=L2H-1$"))


def test_a_token_under_the_pointer_is_marked_as_one_that_is_looked_at(inside: Page) -> None:
    token(inside, DALLAS).hover()
    expect(token(inside, DALLAS)).to_have_attribute("data-pointed", "key")
    token(inside, IS).focus()
    expect(token(inside, IS)).to_have_attribute("data-pointed", "key")
    token(inside, IS).click()
    expect(inside.get_by_test_id("selection-detail").get_by_role("heading", level=2)).to_have_text("is")


def test_a_link_of_a_graph_without_internals_says_so(page: Page, computed: Computed) -> None:
    with Client(computed.site, None) as client:
        nodes, edges = (
            client.get(f"/api/graphs/{computed.oakland}/{part}").json() for part in ("nodes", "edges")
        )
    source, target = (nodes["id"][edges[end][0]].partition("/")[2] for end in ("source", "target"))
    page.goto(f"{computed.site}/graphs/{computed.oakland}?sel=link:{source}:{target}")
    absent = page.get_by_test_id("link-heads-absent")
    expect(absent).to_contain_text("Which heads carried it is not computed.")
    absent.get_by_role("button").click()
    expect(page.get_by_test_id("compute-panel").get_by_test_id("compute")).to_be_visible()
