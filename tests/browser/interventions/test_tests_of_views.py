"""A test's result stays in the View that was open: in the tray, the list, the address, and in what is saved."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interventions.test_testing import PROMPT, past, run, set_up
from tests.browser.reading import REFUSED, expect_accessible
from tests.support.processes import answer, serving, url

pytestmark = pytest.mark.slow

CHIP = "test-chip"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a graph on a server that can trace."""
    data = tmp_path_factory.mktemp("data")
    with serving(data, "--no-examples"):
        job = answer("ingest", PROMPT.format("Dallas"), data=data)
        yield f"{url(data)}/graphs/{job['graph_id']}"


def begin(page: Page, graph: str, test: float) -> str:
    """Run a test of the first row, other than those of other tests of this file, on work that is not saved; its id."""
    set_up(page, f"{graph}?view=")
    page.get_by_test_id("change-op").first.select_option("scale")
    page.get_by_test_id("change-factor").first.fill(f"{test:g}")
    expect(page.get_by_test_id("change").first.locator("output")).to_contain_text(f"{test:g}")
    expect(page.get_by_test_id("test-prediction")).to_have_attribute("data-current", "true")
    run(page)
    return page.get_by_test_id("test-result").get_attribute("data-test-id") or ""


def save_as(page: Page, name: str) -> None:
    page.get_by_test_id("views").click()
    page.get_by_test_id("view-name").fill(name)
    page.get_by_test_id("view-name").press("Enter")
    expect(page.get_by_test_id("views")).to_contain_text(name)
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")
    page.get_by_test_id("views").click()


def test_a_result_is_in_the_work_and_saved_and_opened_with_the_view(page: Page, graph: str) -> None:
    test = begin(page, graph, 0.5)
    expect(page.get_by_test_id(CHIP)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("views")).to_contain_text("not saved")
    expect(page).to_have_url(re.compile(rf"&test={test}&.*tests={test}"))
    page.reload()
    expect(page.get_by_test_id("test-result")).to_have_attribute("data-test-id", test)
    expect(page.get_by_test_id(CHIP)).to_have_attribute("data-test-id", test)

    save_as(page, "halved")
    expect(page).to_have_url(re.compile(rf"&test={test}&view=halved$"))
    other = page.context.new_page()
    other.goto(page.url)  # the one that was open is open
    expect(other.get_by_test_id("test-result")).to_have_attribute("data-test-id", test)
    other.goto(f"{graph}?view=halved")
    expect(other.get_by_test_id("save-view")).to_have_text("Saved")
    expect(other.get_by_test_id("graph-tests")).to_contain_text("In the View “halved”")
    expect(other.get_by_test_id("view-tests").get_by_test_id("past-test")).to_have_count(1)
    expect_accessible(other)
    other.get_by_test_id(CHIP).click()
    expect(other.get_by_test_id("test-result")).to_have_attribute("data-test-id", test)
    other.get_by_test_id(CHIP).click()
    expect(other.get_by_test_id("test-panel")).to_have_count(0)
    other.get_by_test_id("views").click()
    expect(other.get_by_role("button", name="halved 1 test")).to_be_visible()

    other.get_by_role("button", name="Begin with nothing").click()
    expect(other.get_by_test_id(CHIP)).to_have_count(0)
    expect(other.get_by_test_id("past-tests").locator(f"[data-test-id='{test}']")).to_be_visible()
    expect(other.get_by_test_id("view-tests")).to_have_count(0)


def test_undo_takes_back_edits_and_no_result(page: Page, graph: str) -> None:
    test = begin(page, graph, 0.2)
    page.get_by_test_id("close-test").click()
    page.keyboard.press("Escape")
    page.get_by_test_id("past-test").locator(f"xpath=self::*[@data-test-id='{test}']").get_by_test_id(
        "view-toggle"
    ).click()
    expect(page.get_by_test_id(CHIP)).to_have_count(0)
    expect(past(page).locator(f"xpath=self::*[@data-test-id='{test}']")).to_be_visible()  # the graph has it
    page.locator("body").press("Control+z")
    expect(page.get_by_test_id(CHIP)).to_have_attribute("data-test-id", test)
    expect(page.get_by_test_id("undo")).to_be_disabled()
    page.get_by_test_id(CHIP).click()
    page.get_by_test_id("view-toggle").click()
    expect(page.get_by_test_id("view-toggle")).to_have_text("Add to the View")
    page.get_by_test_id("view-toggle").click()
    expect(page.get_by_test_id(CHIP)).to_have_attribute("data-test-id", test)


def test_whoever_saves_second_is_told_of_tests(page: Page, graph: str, expected_messages: list[str]) -> None:
    expected_messages.append(f"{REFUSED}09")
    begin(page, graph, 1.5)
    save_as(page, "both")
    page.get_by_test_id("close-test").click()
    other = page.context.new_page()
    other.goto(f"{graph}?view=both")
    page.keyboard.press("Escape")
    page.get_by_test_id("view-tests").get_by_test_id("view-toggle").click()
    page.get_by_test_id("save-view").click()
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")

    expect(other.get_by_test_id(CHIP)).to_have_count(1)
    other.get_by_test_id("views").click()
    other.get_by_test_id("view-notes").fill("mine")
    other.get_by_test_id("save-view").click()
    expect(other.get_by_test_id("conflict")).to_contain_text("Theirs: empty. Yours: 1 test.")
    other.get_by_test_id("keep-mine").click()
    expect(other.get_by_test_id("save-view")).to_have_text("Saved")
    page.goto(f"{graph}?view=both")
    expect(page.get_by_test_id(CHIP)).to_have_count(1)


def test_a_test_that_was_deleted_meanwhile_is_left_out_and_told(page: Page, graph: str) -> None:
    test = begin(page, graph, 2.5)
    save_as(page, "of a gone one")
    address = f"{graph.partition('/graphs/')[0]}/api/interventions/{test}"
    assert page.request.delete(address).status == 204
    page.goto(f"{graph}?view=of%20a%20gone%20one")
    expect(page.get_by_test_id("left-out")).to_contain_text(
        f"The address or its View asks for what is not here, which is left out: tests={test}"
    )
    expect(page.get_by_test_id(CHIP)).to_have_count(0)
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")
    page.goto(f"{graph}?view=&tests={test}")
    expect(page.get_by_test_id("left-out")).to_contain_text(f"tests={test}")
    expect(page).to_have_url(f"{graph}?by=auto&view=")


def test_a_deleted_test_comes_back_with_undo(page: Page, graph: str) -> None:
    test = begin(page, graph, 3.5)
    page.get_by_test_id("close-test").click()
    page.keyboard.press("Escape")
    own = page.get_by_test_id("view-tests").get_by_test_id("past-test")
    own.get_by_test_id("delete-test").click()
    expect(own).to_contain_text("Deleted.")
    expect(page.get_by_test_id(CHIP)).to_have_count(0)
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id(CHIP)).to_have_attribute("data-test-id", test)
    expect(page.get_by_test_id("undo")).to_be_disabled()
    page.locator("body").press("Control+Shift+Z")
    expect(own).to_contain_text("Deleted.")
    own.get_by_test_id("undo-delete").click()
    expect(page.get_by_test_id(CHIP)).to_have_attribute("data-test-id", test)
    expect(page.get_by_test_id("undo")).to_be_disabled()

    own.get_by_test_id("delete-test").click()
    expect(own).to_have_count(0)  # in eight seconds
    expect(page.get_by_test_id("undo")).to_be_disabled()
    expect(page.get_by_test_id("left-out")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("tests="))
