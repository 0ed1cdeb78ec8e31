"""The tabs of a prompt's internals: opened, computed with one button, computed again, deleted."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.internals.conftest import Computed
from tests.browser.reading import REFUSED, expect_accessible
from tests.browser.test_small_screens import expect_no_overflow

pytestmark = pytest.mark.slow

TABS = ("Attention", "Heads", "Tokens", "Flow")


def tab(page: Page, name: str) -> None:
    page.get_by_test_id("tabs").get_by_role("button", name=name).click()


def test_nothing_of_the_internals_is_asked_for_before_a_tab_opens(page: Page, computed: Computed) -> None:
    asked: list[str] = []

    def listen(request: Request) -> None:
        if "/internals" in request.url or re.search(r"/assets/(InternalsTab|HeadDetail)", request.url):
            asked.append(request.url)

    page.on("request", listen)
    page.goto(computed.graph)
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    tab(page, "Circuit")
    expect(page.get_by_test_id("tabs").get_by_role("button", name="Circuit")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert asked == []
    tab(page, "Flow")
    expect(page.get_by_test_id("inside-tab")).to_have_attribute("data-tab", "flow")
    assert asked != []


def test_each_tab_has_an_address_and_back_leads_through_them(inside: Page, computed: Computed) -> None:
    for name in TABS:
        tab(inside, name)
        expect(inside).to_have_url(re.compile(f"tab={name.lower()}"))
        expect(inside.get_by_test_id("inside-tab")).to_have_attribute("data-tab", name.lower())
    inside.go_back()
    expect(inside.get_by_test_id("inside-tab")).to_have_attribute("data-tab", "tokens")
    inside.goto(f"{computed.graph}/heads?as=scatter")
    expect(inside).to_have_url(re.compile(r"/graphs/\w+\?.*tab=heads&as=scatter$"))
    expect(inside.get_by_test_id("left-out")).to_have_count(0)


def test_what_was_computed_is_said_with_what_its_checks_found(inside: Page) -> None:
    tab(inside, "Tokens")
    said = inside.get_by_test_id("computed")
    expect(said).to_contain_text("Austin rather than")
    expect(said).to_contain_text("after is (10)")
    said.locator("summary").click()
    expect(said).to_contain_text("4 layers of 4 heads")
    expect(said.get_by_test_id("checks").get_by_role("row")).to_have_count(15)
    expect_accessible(inside)


def test_one_button_computes_and_another_deletes(
    page: Page, computed: Computed, expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)  # they are not there at first, nor at the end
    page.goto(f"{computed.site}/graphs/{computed.oakland}?tab=attention")
    panel = page.get_by_test_id("compute-panel")
    expect(panel).to_contain_text("the prompt’s 11 tokens. The last prompt of this model took")
    expect_accessible(page)
    panel.locator("summary").click()
    panel.get_by_label("Target token").fill("nonsense words")
    panel.get_by_test_id("compute").click()
    expect(panel.get_by_test_id("error-banner")).to_contain_text("nonsense words")
    panel.get_by_label("Target token").fill("")
    panel.get_by_label("The target alone").check()
    expect(panel.get_by_label("rather than")).to_be_disabled()
    for part in ("information flow", "attention patterns"):
        panel.get_by_label(part).uncheck()
    panel.get_by_test_id("compute").click()
    said = page.get_by_test_id("computed")
    expect(said).to_contain_text("Sacramento after is (10)")

    tab(page, "Flow")
    missing = page.get_by_test_id("missing-tab")
    expect(missing).to_contain_text("It was not among what was computed.")
    missing.get_by_role("button").click()
    expect(panel.get_by_label("information flow")).to_be_checked()
    expect(panel.get_by_label("attention patterns")).not_to_be_checked()
    panel.get_by_test_id("compute").click()
    expect(panel).to_have_count(0)
    expect(missing).to_have_count(0)
    expect(page.get_by_test_id("inside-tab")).to_have_attribute("data-tab", "flow")

    said.locator("summary").click()
    said.get_by_test_id("delete-internals").click()
    expect(panel.get_by_test_id("compute")).to_be_enabled()


def test_inside_another_page_there_are_graph_and_circuit_alone(page: Page, computed: Computed) -> None:
    page.goto(f"{computed.graph}?tab=flow&embed=true")
    expect(page.get_by_test_id("drawing")).to_be_visible()
    expect(page.get_by_test_id("left-out")).to_contain_text("tab=flow")
    expect(page.get_by_test_id("inside-tab")).to_have_count(0)


def test_the_tabs_fit_a_phone(page: Page, computed: Computed) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{computed.graph}?tab=tokens&theme=dark")
    expect(page.get_by_test_id("computed")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect_no_overflow(page)
    expect_accessible(page)
    page.get_by_test_id("theme").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    expect(page).not_to_have_url(re.compile("theme="))
