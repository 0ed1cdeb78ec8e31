"""The Flow tab: what its bars show is what was computed; sources traced, hidden and taken as words; zoom and keys."""

import re

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Locator, Page, expect

from api.client.arrays import array_of
from tests.browser.internals.conftest import Computed
from tests.browser.reading import expect_accessible, text_of

pytestmark = pytest.mark.slow

DALLAS, IS, BIASES = 9, 10, 11
OUTPUT = 7  # the last row of bars, after layer 3's MLP


def opened(page: Page, computed: Computed, graph: str | None = None) -> None:
    page.goto(f"{computed.site}/graphs/{graph or computed.dallas}?tab=flow")
    expect(page.get_by_test_id("flow-bars")).to_be_visible()
    page.wait_for_function("() => window.__flow?.screenPosition(7, 0, 0)")


def flow_of(page: Page, computed: Computed, measure: str) -> npt.NDArray[np.float32]:
    """(8, n, n + 1): rows of bars, positions, sources."""
    answer = page.request.get(
        f"{computed.site}/api/graphs/{computed.dallas}/internals/flow?measure={measure}"
    )
    values = array_of(answer.json()["values"])
    return values.reshape(-1, *values.shape[2:])


def shares_of(page: Page, computed: Computed) -> npt.NDArray[np.float32]:
    norms = flow_of(page, computed, "norm")
    shares: npt.NDArray[np.float32] = norms / norms.sum(axis=-1, keepdims=True)
    return shares


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def source(page: Page, number: int) -> Locator:
    return page.locator(f"[data-testid=flow-source][data-source='{number}']")


def segment(page: Page, row: int, position: int, source: int) -> dict[str, float]:
    at: dict[str, float] | None = page.evaluate(
        "at => window.__flow.screenPosition(...at)", [row, position, source]
    )
    assert at, f"no segment of {source} is in sight"
    return at


def test_sources_have_their_share_at_the_prediction(page: Page, computed: Computed) -> None:
    opened(page, computed)
    shares = shares_of(page, computed)[OUTPUT, IS]
    for number in (DALLAS, IS, BIASES, 0):
        expect(source(page, number)).to_contain_text(percent(shares[number]))
    names = page.get_by_test_id("flow-source").all_inner_texts()
    assert len(names) == len(shares)
    assert names[0].split()[0] == "biases"
    page.get_by_role("button", name="Signed share").click()
    signed = flow_of(page, computed, "signed")[OUTPUT, IS]
    expect(source(page, DALLAS)).to_contain_text(f"{signed[DALLAS]:.3f}")
    expect_accessible(page)


def test_a_segment_says_what_it_is_and_traces_its_source(page: Page, computed: Computed) -> None:
    opened(page, computed)
    shares = shares_of(page, computed)
    at = segment(page, 5, IS, DALLAS)
    page.mouse.move(at["x"], at["y"])
    tip = page.get_by_test_id("flow-tip")
    expect(tip).to_contain_text("from Dallas (9)")
    expect(tip).to_contain_text(f"{percent(shares[5, IS, DALLAS])} of the sum of norms")
    expect(tip).to_contain_text("layer 2, after the MLP · at is (10)")
    page.mouse.click(at["x"], at["y"])
    traced = page.get_by_test_id("flow-trace")
    expect(traced).to_contain_text(f"{percent(shares[0, IS, DALLAS])} after layer 0’s attention")
    expect(traced).to_contain_text(f"{percent(shares[OUTPUT, IS, DALLAS])} at the output")
    expect(source(page, DALLAS).get_by_role("button").first).to_have_attribute("aria-pressed", "true")
    # Its segments stand at the foot of every bar: another's, at the position itself, is above.
    assert segment(page, 5, IS, DALLAS)["y"] > segment(page, 5, IS, 0)["y"]
    expect_accessible(page)
    traced.get_by_role("button").click()
    expect(traced).to_have_count(0)


def test_a_hidden_source_leaves_a_gap_or_all_others_grow(page: Page, computed: Computed) -> None:
    opened(page, computed)
    shares = shares_of(page, computed)[OUTPUT, IS]
    source(page, BIASES).get_by_role("button", name="Hide biases").click()
    expect(source(page, BIASES)).to_contain_text("hidden")
    expect(source(page, DALLAS)).to_contain_text(percent(shares[DALLAS]))
    page.get_by_label("Shares of what is left").check()
    expect(source(page, DALLAS)).to_contain_text(percent(shares[DALLAS] / (1 - shares[BIASES])))
    source(page, BIASES).get_by_role("button", name="Show biases").click()
    expect(source(page, BIASES)).to_contain_text(percent(shares[BIASES]))
    expect(page.get_by_label("Shares of what is left")).to_have_count(0)


def test_keys_walk_from_bar_to_bar_and_trace(page: Page, computed: Computed) -> None:
    opened(page, computed)
    shares = shares_of(page, computed)
    bars, said = page.get_by_test_id("flow-bars"), page.get_by_test_id("flow-said")
    bars.focus()
    expect(said).to_contain_text("layer 3, after the MLP, at is (10): biases")
    for key in ("ArrowLeft", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"):
        bars.press(key)
    strongest = f"Dallas (9) {percent(shares[2, DALLAS, DALLAS])}"
    expect(said).to_contain_text(f"layer 1, after attention, at Dallas (9): {strongest}")
    bars.press("Enter")
    expect(page.get_by_test_id("flow-trace")).to_contain_text("Dallas (9) at is (10)")
    bars.press("Enter")
    expect(page.get_by_test_id("flow-trace")).to_have_count(0)


def test_the_wheel_zooms_and_a_drag_moves(page: Page, computed: Computed) -> None:
    opened(page, computed)
    whole = page.get_by_test_id("flow-whole")
    expect(whole).to_be_disabled()
    before = segment(page, 4, 5, 5)
    page.mouse.move(before["x"], before["y"])
    page.mouse.wheel(0, -200)
    expect(whole).to_be_enabled()
    zoomed = segment(page, 4, 5, 5)
    assert zoomed["x"] == pytest.approx(before["x"], abs=20)  # what is under the pointer stays there
    page.mouse.down()
    page.mouse.move(before["x"] - 30, before["y"] - 20, steps=4)
    page.mouse.up()
    assert segment(page, 4, 5, 5)["x"] == pytest.approx(zoomed["x"] - 30, abs=1)
    expect(page.get_by_test_id("flow-trace")).to_have_count(0)  # a drag is no click
    whole.click()
    expect(whole).to_be_disabled()
    assert segment(page, 4, 5, 5) == pytest.approx(before)


def test_the_pieces_of_a_word_are_one_source(page: Page, computed: Computed, pieces: str) -> None:
    opened(page, computed, pieces)
    listed = page.get_by_test_id("flow-sources")
    expect(listed).to_contain_text("Wednesdays (4–5)")
    switch = page.get_by_label("Words as one source")
    switch.uncheck()
    expect(listed).to_contain_text("s (5)")
    expect(listed).not_to_contain_text("Wednesdays")
    switch.check()
    row = page.get_by_test_id("flow-source").filter(has_text="Wednesdays")
    row.get_by_role("button", name=re.compile("Hide")).click()
    assert "hidden" in text_of(row)
    switch.uncheck()
    expect(page.get_by_test_id("flow-source").filter(has_text="hidden")).to_have_count(2)
