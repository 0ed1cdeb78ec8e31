"""Jobs on the page: cancelled in the middle, tried again, several queued at once, cancelled where they were asked."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from playwright.sync_api import Page, expect

from api.client.client import Client
from tests.browser.reading import REFUSED, TIMEOUT_MS, expect_accessible
from tests.browser.test_small_screens import expect_no_overflow
from tests.support.processes import answer, children, serving, url

pytestmark = pytest.mark.slow

DALLAS = "Fact: The capital of the state containing Dallas is"
OAKLAND = "Fact: The capital of the state containing Oakland is"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a server that can trace, with one graph."""
    data = tmp_path_factory.mktemp("data")
    with serving(data, "--no-examples"):
        answer("ingest", DALLAS, data=data)
        yield data


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Within it the server's tracing process stands still, however often it is started anew: jobs do not end."""
    stopped, release = set[int](), Event()

    def hold() -> None:
        while not release.wait(0.02):
            for pid in children(data, "ingest.worker.child"):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    stopped.add(pid)

    holder = Thread(target=hold)
    holder.start()
    try:
        yield
    finally:
        release.set()
        holder.join()
        for pid in stopped & children(data, "ingest.worker.child"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def test_a_running_job_is_cancelled_and_tried_again_by_keyboard(page: Page, data: Path) -> None:
    page.goto(url(data))
    row = page.get_by_test_id("job-row").filter(has_text=OAKLAND)
    with held(data):
        page.get_by_test_id("prompt-input").fill(OAKLAND)
        page.keyboard.press("Enter")
        expect(row).to_have_attribute("data-state", "running")
        row.get_by_test_id("cancel-job").focus()
        page.keyboard.press("Enter")
        expect(row).to_have_attribute("data-state", "cancelled")
        expect(row).to_contain_text("cancelled just now")
        expect(row).to_be_focused()
        expect_accessible(page)
    page.keyboard.press("Tab")
    expect(row.get_by_test_id("retry-job")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/graphs/*", timeout=4 * TIMEOUT_MS)  # it opens as if it had been asked for once
    page.goto(url(data))
    expect(page.get_by_test_id("graph-row").filter(has_text=OAKLAND)).to_be_visible()
    expect(row).to_have_count(0)  # what was cancelled was asked for again
    page.get_by_role("link", name="Runs").click()
    expect(row).to_have_count(2)
    expect(row.first).to_have_attribute("data-state", "done")
    expect(row.last).to_have_attribute("data-state", "cancelled")


def test_several_lines_are_queued_as_prompts_of_their_own(page: Page, data: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{url(data)}?theme=dark")
    prompt = page.get_by_test_id("prompt-input")
    rows = page.get_by_test_id("job-row").filter(has_text="The day after")
    with held(data):
        prompt.fill("The day after Monday is")
        expect(page.get_by_test_id("prompt-queue")).to_have_count(0)
        prompt.fill(
            "The day after Monday is\n\nThe day after Friday is\nThe day after Monday is\nThe day after Sunday is\n"
        )
        expect_no_overflow(page)
        page.get_by_test_id("prompt-queue").click()
        expect(rows).to_have_count(3)  # one was asked twice
        expect(prompt).to_have_value("")
        expect(rows.and_(page.locator("[data-state=running]"))).to_have_count(1)
        expect_no_overflow(page)
        expect_accessible(page)
        for text in ("Sunday", "Friday", "Monday"):
            row = rows.filter(has_text=text)
            row.get_by_test_id("cancel-job").click()
            expect(row).to_have_attribute("data-state", "cancelled")
        expect_no_overflow(page)


def test_a_job_that_ended_meanwhile_is_not_cancelled(
    page: Page, data: Path, expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)
    with held(data), Client(url(data), None) as client:
        first, second = (
            client.post("/api/jobs", {"prompt": f"{word} is"}).json()["id"] for word in ("Texas", "Utah")
        )
        heard = client.get("/api/jobs").json()
        page.route("**/api/jobs?*", lambda route: route.fulfill(json=heard))  # and nothing more
        page.goto(url(data))
        cancel = page.locator(f"[data-job-id='{second}']").get_by_test_id("cancel-job")
        expect(cancel).to_be_visible()
        for job in (second, first):
            client.post(f"/api/jobs/{job}/cancel", {})
        cancel.click()
        banner = page.get_by_test_id("error-banner")
        expect(banner).to_have_attribute("data-error", "JobEnded")
        expect(banner).to_contain_text("there is nothing to cancel")
        expect(cancel).to_be_focused()


def test_a_test_of_a_graph_is_cancelled_where_it_was_asked_for(page: Page, data: Path) -> None:
    page.goto(url(data))
    page.get_by_test_id("graph-row").filter(has_text="Dallas").get_by_role("link").click()
    line = page.get_by_test_id("verify-line")
    with held(data):
        line.get_by_test_id("verify").click()
        line.get_by_test_id("cancel-run").focus()
        page.keyboard.press("Enter")
        ended = line.get_by_test_id("run-cancelled")
        expect(ended).to_have_text("It was cancelled.")
        expect(ended).to_be_focused()
        expect(line).to_have_attribute("data-running", "false")
        expect_accessible(page)
    expect(line.get_by_test_id("verify")).to_be_enabled()
