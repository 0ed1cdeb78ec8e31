"""Filters in Chromium: what paths go from, through, around and to, picked by search, and the way out of too many."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import REFUSED, expect_accessible, import_graph, text_of
from tests.support.graph_documents import edited, link

pytestmark = pytest.mark.slow

TEXAS, UNLABELLED = "feature/2/2/9", "feature/0/1/7"
SHORT, LONG = "Dallas→L0 #7→Austin", "Dallas→L0 #7→Texas→Austin"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """The address of a graph of two paths to Austin, by label and influence: SHORT raises it, LONG lowers it."""
    file = tmp_path / "filters.json"
    file.write_text(
        json.dumps(edited(lambda document: document["links"].append(link("0_7_1", "5_22898_2", 5.0))))
    )
    opened = import_graph(page, site, file)
    page.goto(f"{site}/graphs/{opened}?score=influence&by=label")
    expect_rows(page, SHORT, LONG)
    return f"{site}/graphs/{opened}"


def expect_rows(page: Page, *rows: str) -> None:
    expect(page.get_by_test_id("lists")).to_have_attribute("data-current", "true")
    expect(page.locator("[data-testid=path-row] .sequence")).to_have_text(list(rows))


def add(page: Page, verb: str, *selectors: str, searched: str = "") -> None:
    """Add a filter through the picker."""
    page.get_by_test_id("add-filter").click()
    page.get_by_test_id(f"verb-{verb}").click()
    for selector in selectors:
        page.get_by_test_id("filter-search").fill(searched)
        page.locator(f"[data-testid=filter-thing][data-selector='{selector}']").click()
    page.get_by_test_id("put-filter").click()
    expect(page.get_by_test_id("filter-dialog")).to_have_count(0)


def test_a_filter_is_searched_for_and_chosen_with_the_keyboard_alone(page: Page, graph: str) -> None:
    page.get_by_test_id("add-filter").press("Enter")
    dialog = page.get_by_role("dialog", name="Only paths that go")
    expect(dialog).to_be_visible()
    expect(page.get_by_test_id("filter-search")).to_be_focused()
    expect(page.get_by_test_id("verb-through")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("paris")
    expect(dialog).to_contain_text("Nothing here is called so.")
    page.get_by_test_id("filter-search").fill("tex")
    things = page.get_by_test_id("filter-thing")
    expect(things.first).to_have_attribute("data-selector", "label:Texas")
    expect_accessible(page)
    page.keyboard.press("Enter")  # the first of them
    expect(dialog).to_have_count(0)
    assert text_of(page.get_by_test_id("filter-through")) == "through Texas"
    expect_rows(page, LONG)
    expect(page).to_have_url(f"{graph}?score=influence&by=label&through=label:Texas")
    expect(page.get_by_test_id("add-filter")).to_be_focused()

    page.get_by_test_id("add-filter").press("Enter")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_test_id("filters").locator("li")).to_have_count(1)


@pytest.mark.usefixtures("graph")
@pytest.mark.parametrize(
    ("verb", "selector", "text", "rows"),
    [
        ("source", "token:Dallas", "from Dallas", (SHORT, LONG)),
        ("through", "token:Dallas", "through Dallas", (SHORT, LONG)),
        ("through", "supernode:state", "through state supernode", (SHORT, LONG)),
        ("through", "layer:2", "through layer 2", (LONG,)),
        ("through", "position:2", "through features at is", (LONG,)),
        ("avoid", "layer:2", "around layer 2", (SHORT,)),
        ("avoid", "label:Texas", "around Texas", (SHORT,)),
    ],
)
def test_paths_go_from_through_and_around_all_that_a_graph_has(
    page: Page, verb: str, selector: str, text: str, rows: tuple[str, ...]
) -> None:
    add(page, verb, selector)
    word = text.split()[0]
    assert text_of(page.get_by_test_id(f"filter-{word}")) == text
    expect_rows(page, *rows)
    expect(page.get_by_test_id("sentence")).to_contain_text(text)
    page.reload()
    assert text_of(page.get_by_test_id(f"filter-{word}")) == text
    expect_rows(page, *rows)
    expect(page.get_by_test_id("left-out")).to_have_count(0)


def test_several_things_are_all_met_or_any_of_them(page: Page, graph: str) -> None:
    add(page, "anyOf", "layer:0", "layer:2", searched="layer")
    assert text_of(page.get_by_test_id("filter-through")) == "through layer 0 or layer 2"
    expect_rows(page, SHORT, LONG)
    expect(page).to_have_url(f"{graph}?score=influence&by=label&through=layer:0%7Clayer:2")

    page.get_by_test_id("filter-through").click()  # change it: both of them
    dialog = page.get_by_role("dialog", name="Change the filter")
    expect(page.get_by_test_id("verb-anyOf")).to_have_attribute("aria-pressed", "true")
    expect(dialog.locator("input:checked")).to_have_count(2)
    page.get_by_test_id("verb-through").click()
    page.get_by_test_id("put-filter").click()
    expect(page.get_by_test_id("filter-through")).to_have_text(["throughlayer 0", "throughlayer 2"])
    expect_rows(page, LONG)

    page.get_by_role("button", name="through layer 2: turn round").click()
    assert text_of(page.get_by_test_id("filter-around")) == "around layer 2"
    expect_rows(page, SHORT)
    page.get_by_role("button", name="around layer 2: remove").click()
    expect_rows(page, SHORT, LONG)
    page.go_back()
    expect_rows(page, SHORT)


def test_any_feature_can_be_the_end_of_the_question(page: Page, graph: str) -> None:
    page.get_by_test_id("target-picker").select_option(label="a feature…")
    expect(page.get_by_test_id("verb-target")).to_have_attribute("aria-pressed", "true")
    page.get_by_test_id("filter-search").fill("texas")
    page.keyboard.press("Enter")
    expect_rows(page, "Dallas→L0 #7→Texas")
    expect(page.get_by_test_id("list-raises")).to_contain_text("Raise Texas (L2)")
    expect(page.get_by_test_id("sentence")).to_contain_text("in units of its pre-activation")
    expect(page.get_by_test_id("drawing")).to_have_attribute(
        "data-target", f"{graph.rsplit('/', 1)[1]}/{TEXAS}"
    )
    expect(page.get_by_test_id("budget")).to_contain_text("of the flow to Texas")
    expect(page.get_by_test_id("rather-than-picker")).to_have_count(0)
    expect(page).to_have_url(f"{graph}?t={TEXAS}&score=influence&by=label")
    page.reload()
    expect_rows(page, "Dallas→L0 #7→Texas")

    page.get_by_test_id("target-picker").select_option(label="Austin  50.0 %")
    expect_rows(page, SHORT, LONG)


def test_a_node_s_panel_begins_and_ends_paths_at_it(page: Page, graph: str) -> None:
    page.goto(f"{graph}?score=influence&by=none&sel={UNLABELLED}")
    begins = page.get_by_test_id("from-this")
    begins.click()
    expect(begins).to_have_attribute("aria-pressed", "true")
    assert text_of(page.get_by_test_id("filter-from")) == "from L0 #7 Dallas"
    expect_rows(page, "L0 #7→Texas L2→Austin")
    expect(page.get_by_test_id("coverage")).to_contain_text("from elsewhere")
    page.goto(f"{graph}?score=influence&by=none&sel={TEXAS}")
    page.get_by_test_id("to-this").click()
    expect_rows(page, "Dallas→L0 #7→Texas L2")
    page.get_by_test_id("to-this").click()
    expect(page.get_by_test_id("list-raises")).to_contain_text("Raise Austin")


def test_lengths_and_signs_are_asked_for_and_shown(page: Page, graph: str) -> None:
    options = page.get_by_test_id("path-options")
    options.locator("summary").click()
    page.get_by_test_id("max-length").fill("2")
    page.get_by_test_id("set-length").click()
    expect_rows(page, SHORT)
    expect(page.get_by_test_id("filters")).to_have_text("2 links")
    page.get_by_test_id("min-length").fill("3")
    page.get_by_test_id("set-length").click()
    expect(options).to_contain_text("The most, 2, are fewer than the fewest, 3.")
    page.get_by_test_id("max-length").fill("")
    page.get_by_test_id("set-length").click()
    expect_rows(page, LONG)
    expect(page).to_have_url(f"{graph}?score=influence&by=label&length=3-")
    page.get_by_test_id("remove-filter").click()

    options.locator("summary").click()
    page.get_by_test_id("sign").select_option("all-positive")
    expect_rows(page, SHORT)
    expect(page.get_by_test_id("list-lowers")).to_have_count(0)
    expect(page.get_by_test_id("side-raises")).to_have_attribute("aria-pressed", "true")
    page.get_by_test_id("side-lowers").click()  # a side takes the place of the sign
    expect_rows(page, LONG)
    expect(page.get_by_test_id("filters")).to_have_count(0)


def test_an_impossible_question_says_which_filter_empties_it(
    page: Page, graph: str, expected_messages: list[str]
) -> None:
    page.goto(f"{graph}?score=influence&by=label&from=token:Dallas&through=layer:2&length=2-2")
    expect_rows(page)
    out = page.get_by_test_id("way-out")
    expect(out).to_contain_text("There are paths without one of these:")
    expect(page.get_by_test_id("drop-filter")).to_have_text(["Drop “through layer 2”", "Drop “2 links”"])
    page.get_by_test_id("drop-filter").last.click()
    expect_rows(page, LONG)
    expect(out).to_have_count(0)

    expected_messages.append(REFUSED)  # no feature is called so
    page.goto(f"{graph}?score=influence&by=label&around=layer:2&through=label:Ohio")
    expect(page.get_by_test_id("error-banner")).to_contain_text("'label:Ohio' names nothing here")
    page.get_by_test_id("drop-filter").click()
    expect_rows(page, SHORT)
    assert text_of(page.get_by_test_id("filter-around")) == "around layer 2"


def test_both_lists_begin_above_the_fold(page: Page, graph: str) -> None:
    for query in ("?score=influence&by=label", "?by=auto&from=token:Dallas&around=layer:7&length=1-9"):
        page.goto(f"{graph}{query}")
        for side in ("raises", "lowers"):
            row = page.get_by_test_id(f"list-{side}").get_by_test_id("path-row").first
            box = row.bounding_box()
            assert box is not None and box["y"] + box["height"] < 800


def test_several_selected_nodes_filter_as_any_of_them(page: Page, graph: str) -> None:
    page.goto(f"{graph}?score=influence&by=none&sel={UNLABELLED},{TEXAS}")
    expect(page.get_by_test_id("selection-detail")).to_be_visible()
    page.get_by_test_id("around-this").click()
    expect_rows(page)
    assert text_of(page.get_by_test_id("filter-around")) == "around L0 #7 Dallas or Texas L2 is"
    page.get_by_test_id("turn-filter").click()
    expect_rows(page, SHORT, LONG.replace("Texas", "Texas L2"))


def test_a_token_of_the_strip_begins_paths(page: Page, graph: str) -> None:
    token = page.get_by_test_id("token").filter(has_text="Dallas")
    token.click(modifiers=["Shift"])
    expect(token).to_have_attribute("data-source", "true")
    expect(token).to_have_text("from Dallas")
    assert text_of(page.get_by_test_id("filter-from")) == "from Dallas"
    expect(page).to_have_url(f"{graph}?score=influence&by=label&from=position:1")
    expect_rows(page, SHORT, LONG)
    token.click(modifiers=["Shift"])
    expect(page.get_by_test_id("filters")).to_have_count(0)
