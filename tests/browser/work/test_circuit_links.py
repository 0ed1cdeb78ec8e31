"""A link between supernodes of the Circuit tab, in Chromium: selected, taken apart, tested, addressed, by keys."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import expect_accessible
from tests.browser.test_small_screens import expect_no_overflow
from tests.browser.work.test_circuit import along, begin, box, line, states

pytestmark = pytest.mark.slow

AUSTIN_NODE = "logit/4/2/22898"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    return f"{site}/graphs/{states(page, site, tmp_path, request.node.name)}"


@pytest.mark.usefixtures("graph")
def test_a_link_between_supernodes_is_selected_and_taken_apart(page: Page) -> None:
    begin(page, 2)
    page.mouse.click(*along(line(page, "=Texas", "=Say Austin")))
    expect(page).to_have_url(re.compile(r"sel=circuit:%3DTexas:%3DSay%20Austin"))
    panel = page.get_by_test_id("selection-detail")
    expect(panel.get_by_role("heading").first).to_have_text("Texas → Say Austin")
    facts = panel.get_by_test_id("parts-link-facts")
    expect(facts).to_contain_text("weight, summed5.00")  # 4 and 1
    expect(facts).to_contain_text("against0")
    expect(facts).to_contain_text("of the input100.0 %")
    expect(facts).to_contain_text("influence on Austin60.0 %")
    rows = panel.get_by_test_id("member-links").get_by_role("button")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("4.00")
    expect(line(page, "=Texas", "=Say Austin")).to_have_class(re.compile("is-selected"))
    expect_accessible(page)

    page.get_by_test_id("tabs").get_by_role("button", name="Graph").click()
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-edges", "2")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-nodes", "4")
    page.reload()
    expect(panel.get_by_role("heading").first).to_have_text("Texas → Say Austin")

    rows.first.click()
    expect(page).to_have_url(re.compile(r"sel=link:feature/1/1/8:feature/3/2/20"))
    expect(panel.get_by_test_id("link-facts")).to_be_visible()
    page.go_back()
    panel.get_by_test_id("link-source").click()
    expect(page.get_by_test_id("supernode-form")).to_be_visible()


@pytest.mark.usefixtures("graph")
def test_a_link_follows_its_supernodes_and_its_source_is_put_to_the_test(page: Page) -> None:
    begin(page, 2)
    page.mouse.click(*along(line(page, "=Say Austin", AUSTIN_NODE)))
    panel = page.get_by_test_id("selection-detail")
    expect(panel.get_by_role("heading").first).to_have_text("Say Austin → Austin")
    page.get_by_test_id("test").click()
    expect(page.get_by_test_id("change")).to_contain_text("Say Austin")
    page.get_by_test_id("close-test").click()
    expect(panel.get_by_role("heading").first).to_have_text("Say Austin → Austin")
    page.get_by_test_id("pin").click()  # both ends leave the circuit
    expect(page.get_by_test_id("graph-facts")).to_be_visible()
    page.locator("body").press("Control+z")
    expect(line(page, "=Say Austin", AUSTIN_NODE)).to_have_count(1)


@pytest.mark.usefixtures("graph")
def test_links_are_reached_by_keys(page: Page) -> None:
    begin(page, 2)
    box(page, "=Texas").focus()
    page.keyboard.press("Alt+ArrowUp")
    link = page.get_by_role("button", name="Texas → Say Austin, excites: 100.0 % of the input")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(link).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("selection-detail").get_by_role("heading").first).to_have_text(
        "Texas → Say Austin"
    )
    expect(link).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box(page, "=Say Austin")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(link).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    strongest = page.locator(":focus")
    expect(strongest).to_have_attribute("data-link", re.compile(" "))
    page.keyboard.press("ArrowRight")
    expect(strongest).to_have_attribute("data-link", re.compile(" "))
    expect(page.locator("[data-link][tabindex='0']")).to_have_count(1)


def test_a_link_that_is_not_there_is_left_out(page: Page, graph: str) -> None:
    page.goto(f"{graph}?sel=circuit:%3Dgone:{AUSTIN_NODE}")
    expect(page.get_by_test_id("left-out")).to_contain_text(f"sel=circuit:=gone:{AUSTIN_NODE}")


@pytest.mark.usefixtures("graph")
@pytest.mark.parametrize("width", [390, 600, 900])
def test_a_link_fits_every_screen(page: Page, width: int) -> None:
    begin(page, 2)
    page.mouse.click(*along(line(page, "=Texas", "=Say Austin")))
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.get_by_test_id("member-links")).to_be_visible()
    expect_no_overflow(page)
    expect_accessible(page)
