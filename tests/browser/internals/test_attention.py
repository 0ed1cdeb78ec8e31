"""The Attention tab: patterns in small and large, what a query sees, logits by component, statistics, other prompts."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Locator, Page, expect

from api.client.arrays import internals
from api.client.client import Client
from tests.browser.internals.conftest import Computed, compute
from tests.browser.reading import REFUSED, expect_accessible
from tests.browser.test_small_screens import expect_no_overflow

pytestmark = pytest.mark.slow

LAST, DALLAS = 10, 9


def opened(page: Page, computed: Computed, search: str = "") -> Page:
    page.goto(f"{computed.graph}?tab=attention{search}")
    expect(page.get_by_test_id("attention")).to_be_visible()
    return page


def asked(computed: Computed, what: str = "", **parameters: Any) -> Any:
    """What the server says, with its arrays."""
    with Client(computed.site, None) as client:
        return internals(client, computed.dallas, what, **parameters)


def pattern(computed: Computed, layer: int, head: int, **parameters: Any) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = asked(computed, f"heads/{layer}/{head}", **parameters)["pattern"]
    return found


def names(page: Page) -> list[str]:
    return [str(each.get_attribute("data-head")) for each in page.get_by_test_id("small-head").all()]


def point_at(plot: Locator, row: int, column: int, *, n: int = 11) -> None:
    box = plot.bounding_box()
    assert box
    plot.hover(position={"x": (column + 0.5) * box["width"] / n, "y": (row + 0.5) * box["height"] / n})


def test_a_grid_has_the_heads_that_are_asked_for_and_a_click_opens_one(
    page: Page, computed: Computed
) -> None:
    opened(page, computed, "&mode=small&layers=-1,0")
    expect(page.get_by_test_id("small-head")).to_have_count(8)
    assert names(page) == [f"L{layer}H{head}" for layer in (3, 0) for head in range(4)]
    heads = page.get_by_test_id("heads-chosen")
    heads.fill("2.-1, L0H1")
    heads.press("Enter")
    expect(page).to_have_url(re.compile("heads=L2H-1,L0H1"))
    expect(page.get_by_test_id("small-head")).to_have_count(2)
    assert names(page) == ["L2H3", "L0H1"]
    heads.fill("L0H9")
    heads.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(
        "There is no head 9: they are 0 to 3, or -4 to -1 from the end."
    )
    page.get_by_role("button", name="All 16").click()
    expect(page.get_by_test_id("small-head")).to_have_count(16)
    expect_accessible(page)
    page.get_by_role("button", name="Open L2H2 large").click()
    expect(page.get_by_test_id("large-head")).to_have_attribute("data-head", "L2H2")
    expect(page).to_have_url(re.compile(r"sel=head:2\.2"))
    expect(page.get_by_test_id("head-detail")).to_contain_text("Head L2H2")


def test_a_cell_is_chosen_by_click_and_by_keys_and_says_the_models_figure(
    page: Page, computed: Computed
) -> None:
    opened(page, computed, "&sel=head:2.2")
    plot, told = page.get_by_test_id("pattern-plot"), page.get_by_test_id("pattern-told")
    known = pattern(computed, 2, 2)
    point_at(plot, 7, 2)
    expect(told).to_have_text(f"query state (7) → key : (2): {known[7, 2]:.3f}")
    point_at(plot, LAST, DALLAS)
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(rf"sel=head:2\.2:{LAST}:{DALLAS}"))
    plot.focus()
    plot.press("ArrowUp")
    plot.press("ArrowRight")  # there is no later key than the query
    expect(page).to_have_url(re.compile(rf"sel=head:2\.2:{DALLAS}:{DALLAS}"))
    expect(plot.get_by_role("gridcell", selected=True, include_hidden=True)).to_have_text(
        f"query Dallas (9) → key Dallas (9): {known[DALLAS, DALLAS]:.3f}"
    )
    plot.press("Home")
    expect(page).to_have_url(re.compile(rf"sel=head:2\.2:{DALLAS}:0"))
    expect_accessible(page)


def test_a_token_says_what_it_looks_at_and_what_looks_at_it(page: Page, computed: Computed) -> None:
    opened(page, computed, "&sel=head:2.2")
    point_at(page.get_by_test_id("names-down").first, 5, 0)
    known = pattern(computed, 2, 2)
    looks, looked = page.get_by_test_id("looks-at"), page.get_by_test_id("looked-at-by")
    expect(looks.get_by_role("heading")).to_have_text("of (5) looks at")
    expect(looked.get_by_role("heading")).to_have_text("of (5) is looked at by")
    most, mostly = int(known[5].argmax()), int(known[5:, 5].argmax()) + 5
    expect(looks.get_by_role("button").first).to_have_accessible_name(
        re.compile(rf"\({most}\): {known[5].max():.3f}$")
    )
    expect(looked.get_by_role("button").first).to_have_accessible_name(
        re.compile(rf"\({mostly}\): {known[mostly, 5]:.3f}$")
    )
    looked.get_by_role("button").first.click()
    expect(page).to_have_url(re.compile(rf"sel=head:2\.2:{mostly}:5"))


def test_patterns_are_weighted_and_left_without_the_first_token(page: Page, computed: Computed) -> None:
    opened(page, computed, f"&sel=head:2.2:{LAST}:{DALLAS}")
    told = page.get_by_test_id("pattern-told")
    for kind in ("value-weighted", "info-weighted"):
        page.get_by_role("button", name=kind).click()
        expect(page.get_by_test_id("large-head")).to_have_attribute("data-kind", kind)
        expect(told).to_contain_text(f": {pattern(computed, 2, 2, kind=kind)[LAST, DALLAS]:.3f}")
    page.get_by_role("button", name="standard").click()
    page.get_by_label("without the first token").check()
    expect(page).to_have_url(re.compile("first=without"))
    plot = page.get_by_test_id("pattern-plot")
    point_at(plot, 3, 0)
    expect(told).to_contain_text("the first token is left out")
    rest = pattern(computed, 2, 2)[3, 1:4]
    point_at(plot, 3, 1)
    expect(told).to_contain_text(f": {rest[0] / rest.sum():.3f}")


def test_lines_show_what_softmax_received(page: Page, computed: Computed) -> None:
    opened(page, computed, "&mode=lines&sel=head:2.2:10:9")
    lines, table = page.get_by_test_id("lines"), page.get_by_test_id("lines").get_by_role("table")
    expect(lines).to_have_attribute("data-query", str(LAST))
    seen = asked(computed, "heads/2/2", query=LAST)["lines"]
    score, dot, softmax = (seen[name] for name in ("score", "dot", "pattern"))
    row = lines.get_by_test_id("line").nth(DALLAS)
    expect(row.get_by_role("cell")).to_have_text(
        ["", "", f"{dot[DALLAS]:.1f}", f"{score[DALLAS]:.2f}", f"{softmax[DALLAS]:.3f}"]
    )
    row.get_by_role("cell").nth(1).hover()
    expect(page.get_by_test_id("lines-told")).to_contain_text(
        re.compile(r"channel \d+ of key Dallas \(9\): q ")
    )
    page.get_by_role("button", name="info-weighted").click()
    expect(table.get_by_role("columnheader").last).to_have_text("info-weighted")
    page.get_by_test_id("query-chosen").select_option("4")
    expect(lines).to_have_attribute("data-query", "4")
    expect(lines.get_by_test_id("line")).to_have_count(5)
    expect(page).to_have_url(re.compile(r"sel=head:2\.2:4:4"))
    expect_accessible(page)


def test_a_logit_is_the_sum_of_its_components(page: Page, computed: Computed) -> None:
    opened(page, computed, f"&kind=logit&sel=head:2.2:{LAST}:{DALLAS}")
    expect(page.get_by_test_id("attention-towards")).to_contain_text("most probable next token")
    known = asked(computed, "components")
    values, logit = known["values"], known["logit"][LAST]
    components = page.get_by_test_id("components")
    expect(components.get_by_role("heading")).to_contain_text('" Austin"')
    expect(page.get_by_test_id("components-sum")).to_contain_text(
        f"together: {values[:, LAST].sum():.1f} logits; the model’s own: {logit:.1f}"
    )
    largest = known["names"][int(np.abs(values[:, LAST]).argmax())]
    expect(components.get_by_role("listitem").first).to_contain_text(largest)
    expect(page.get_by_test_id("pattern-told")).to_contain_text("logits")
    page.get_by_role("button", name="small", exact=True).click()
    expect(page.get_by_test_id("small-head").first.locator("canvas")).to_have_count(2)
    components.get_by_role("button", name="L2H0").click()
    expect(page.get_by_test_id("large-head")).to_have_attribute("data-head", "L2H0")


def test_statistics_are_maps_with_their_heads_ranked(page: Page, computed: Computed) -> None:
    opened(page, computed, "&notation=dot")
    page.get_by_test_id("statistics").locator("summary").click()
    expect(page.get_by_test_id("statistic")).to_have_count(8)
    page.locator("[data-name=induction]").click()
    induction = asked(computed)["maps"]["induction"]
    layer, head = divmod(int(induction.argmax()), induction.shape[1])
    first = page.get_by_test_id("ranked-head").first
    expect(first).to_contain_text(f"{layer}.{head}")
    expect(first).to_contain_text(f"{100 * induction.max():.1f} %")
    expect(page.get_by_test_id("statistic-shown")).to_contain_text("whatever the prompt")
    page.locator("button[data-name=first_token]").click()
    expect(page.get_by_test_id("statistic-shown")).to_have_attribute("data-name", "first_token")
    point_at(page.get_by_test_id("statistic-map-plot"), 1, 3, n=4)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_test_id("large-head")).to_have_attribute("data-head", "L1H3")
    expect_accessible(page)


def test_other_prompts_stand_beside_this_one(
    page: Page, computed: Computed, expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)  # the internals of the other are asked for, and are not there yet
    opened(page, computed, f"&sel=head:2.2&graphs={computed.oakland}")
    expect(page.get_by_test_id("prompt-refused")).to_contain_text("prompt are not computed")
    page.get_by_role("button", name="Leave it out").click()
    expect(page.get_by_test_id("prompt-refused")).to_have_count(0)
    compute(computed.site, computed.oakland)
    page.get_by_test_id("prompt-picker").locator("summary").click()
    page.get_by_test_id("prompts").get_by_label(re.compile("Oakland")).check()
    expect(page).to_have_url(re.compile(f"graphs={computed.oakland}"))
    other = page.get_by_test_id("pattern-1-plot")
    expect(other).to_be_visible()
    point_at(other, LAST, DALLAS)
    expect(page.get_by_test_id("pattern-1-told")).to_contain_text("query is (10) → key Oakland (9): ")
    page.get_by_role("button", name="small", exact=True).click()
    expect(page.get_by_role("list", name=re.compile("Oakland"))).to_be_visible()


def test_title_and_help_are_in_the_address_and_all_fits_a_small_screen(
    page: Page, computed: Computed
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    opened(page, computed, "&title=Where+it+looks&help=true&kind=logit")
    expect(page.get_by_test_id("attention-title")).to_have_text("Where it looks")
    expect(page.get_by_test_id("attention-help")).to_contain_text("A row is a query")
    expect(page.get_by_test_id("pattern-plot")).to_be_visible()
    expect_no_overflow(page)
    page.get_by_test_id("attention-more").locator("summary").click()
    page.get_by_role("textbox", name="Title").fill("Another")
    page.get_by_role("textbox", name="Title").press("Enter")
    expect(page).to_have_url(re.compile("title=Another"))
    page.get_by_test_id("attention-help-button").click()
    expect(page.get_by_test_id("attention-help")).to_have_count(0)
