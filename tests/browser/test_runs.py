"""The page of runs: all jobs with their settings, filtered, cancelled, tried again, edited and run again."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.home.test_jobs import held
from tests.browser.reading import AWAY, TIMEOUT_MS, expect_accessible
from tests.browser.test_small_screens import expect_no_overflow
from tests.support.processes import answer, serving, url

pytestmark = pytest.mark.slow

DALLAS = "Fact: The capital of the state containing Dallas is"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a server that can trace, with one graph."""
    data = tmp_path_factory.mktemp("data")
    with serving(data, "--no-examples"):
        answer("ingest", DALLAS, "--max-n-logits", "3", data=data)
        yield data


def test_jobs_are_listed_with_their_settings(page: Page, data: Path) -> None:
    page.goto(f"{url(data)}/runs")
    row = page.get_by_test_id("job-row").filter(has_text=DALLAS)
    expect(row).to_have_attribute("data-state", "done")
    settings = row.get_by_test_id("job-settings")
    settings.locator("summary").click()
    expect(settings).to_contain_text(re.compile(r"max n logits\s*3"))
    expect(settings).to_contain_text("node threshold")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        expect_accessible(page)
        expect_no_overflow(page)
    row.get_by_role("link", name="Open the graph").click()
    page.wait_for_url("**/graphs/*")


def test_a_prompt_is_edited_and_run_again(page: Page, data: Path) -> None:
    page.goto(f"{url(data)}/runs")
    row = page.get_by_test_id("job-row").filter(has_text=DALLAS).last
    row.get_by_test_id("job-settings").locator("summary").click()
    row.get_by_test_id("edit-again").click()
    prompt = page.get_by_test_id("prompt-input")
    expect(prompt).to_have_value(DALLAS)
    expect(prompt).to_be_focused()
    expect(page.get_by_test_id("again")).to_contain_text("with 1 setting as it had them")
    page.get_by_test_id("settings").locator("summary").click()
    expect(page.get_by_label("max n logits")).to_have_value("3")
    expect_accessible(page)
    prompt.fill(DALLAS.replace("Dallas", "Oakland"))
    page.get_by_test_id("prompt-submit").click()
    page.wait_for_url("**/graphs/*", timeout=4 * TIMEOUT_MS)
    (job,) = [one for one in answer("jobs", data=data)["jobs"] if "Oakland" in one["prompt"]]
    assert job["parameters"]["max_n_logits"] == 3


def test_what_waits_is_counted_in_the_bar_and_cancelled(page: Page, data: Path) -> None:
    with held(data):
        answer("ingest", "Texas is", "--no-wait", data=data)
        answer("ingest", "Utah is", "--no-wait", data=data)
        page.goto(f"{url(data)}/runs?show=unfinished")
        rows = page.get_by_test_id("job-row")
        expect(rows).to_have_count(2)
        expect(page.get_by_test_id("unfinished")).to_have_text("2")
        rows.filter(has_text="Utah is").get_by_test_id("cancel-job").click()
        expect(rows.filter(has_text="Texas is")).to_have_attribute("data-state", "running")
        rows.filter(has_text="Texas is").get_by_test_id("cancel-job").click()
        expect(rows).to_have_count(0)
        expect(page.get_by_test_id("no-jobs")).to_have_text("No such jobs.")
        expect(page.get_by_test_id("unfinished")).to_have_count(0)
        page.get_by_role("button", name="Cancelled", exact=True).click()
        expect(page).to_have_url(re.compile(r"/runs\?show=cancelled$"))
        expect(rows.filter(has_text="Utah is")).to_be_visible()
        page.get_by_test_id("runs-kind").select_option("prune")
        expect(page.get_by_test_id("no-jobs")).to_be_visible()
        page.go_back()
        expect(rows.filter(has_text="Utah is")).to_be_visible()
        expect_accessible(page)
    rows.filter(has_text="Utah is").get_by_test_id("retry-job").click()
    expect(rows.first).to_have_attribute("data-state", "queued")
    page.get_by_role("button", name="Done", exact=True).click()
    # The rows of the choice before stay until this one's are here.
    done = page.locator('[data-testid="job-row"][data-state="done"]')
    expect(done.filter(has_text="Utah is")).to_be_visible(timeout=4 * TIMEOUT_MS)


def test_a_server_that_comes_back_goes_on_with_its_jobs(
    page: Page, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        address = url(data)
        page.goto(f"{address}/runs")
        expect(page.get_by_test_id("no-jobs")).to_contain_text("No jobs yet")
    banner = page.get_by_test_id("error-banner")
    expect(banner).to_contain_text("The server does not answer")
    with serving(data, "--no-examples", "--port", str(urlsplit(address).port)):
        expect(banner).to_have_count(0)
        page.goto("about:blank")
