"""The page in Chromium, as a person uses it: from a prompt to a lit path, imports, and errors."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ingest import read_graph_file
from tests.browser.reading import REFUSED, TIMEOUT_MS, import_graph, numbers, text_of
from tests.support.processes import GRAPHS, serving, url, write_graph

pytestmark = pytest.mark.slow

DALLAS = "Fact: The capital of the state containing Dallas is"


def test_a_prompt_becomes_lit_paths(page: Page, site: str) -> None:
    page.goto(site)
    expect(page.get_by_test_id("no-graphs")).to_be_visible()
    page.get_by_test_id("prompt-input").fill(DALLAS)
    page.get_by_test_id("prompt-submit").click()
    expect(page.get_by_test_id("job-row").first).to_be_visible()

    page.wait_for_url("**/graphs/*", timeout=3 * TIMEOUT_MS)  # opens by itself once stored
    drawing = page.get_by_test_id("drawing")
    expect(drawing).to_have_attribute("data-lit-nodes", "0")
    expect(page.get_by_test_id("paths")).to_contain_text("Austin")
    rows = page.get_by_test_id("path-row")
    expect(rows.first).to_be_visible()
    assert page.get_by_test_id("mode-grouped").get_attribute("aria-pressed") == "true"
    through_texas = [row for row in rows.all() if re.search(r"Dallas.*\bTexas\b.*Austin", text_of(row))]
    assert through_texas, [text_of(row) for row in rows.all()]
    assert rows.count() <= 10

    through_texas[0].click()
    expect(drawing).not_to_have_attribute("data-lit-nodes", "0")
    assert int(drawing.get_attribute("data-lit-nodes") or 0) >= 3
    assert int(drawing.get_attribute("data-lit-edges") or 0) >= 2
    page.keyboard.press("Escape")
    expect(drawing).to_have_attribute("data-lit-nodes", "0")

    page.get_by_test_id("mode-single").click()
    expect(page.get_by_test_id("mode-single")).to_have_attribute("aria-pressed", "true")
    expect(rows.first).to_be_visible()
    rows.first.click()
    expect(drawing).not_to_have_attribute("data-lit-edges", "0")
    assert DALLAS in page.title()


def test_a_job_shows_its_phases_and_its_end(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_test_id("prompt-input").fill("The day after Monday is")
    page.get_by_test_id("prompt-submit").click()
    page.wait_for_url("**/graphs/*", timeout=3 * TIMEOUT_MS)
    page.goto(f"{site}/runs")
    done = page.locator("[data-testid=job-row][data-state=done]").first
    expect(done).to_contain_text("The day after Monday is")
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_test_id("graph-row").first).to_contain_text("Tuesday")


def test_the_first_start_shows_work_going_on(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path):
        page.goto(url(tmp_path))
        expect(page.get_by_test_id("job-row").first).to_be_visible()
        assert page.get_by_test_id("job-row").count() >= 3
        expect(page.get_by_test_id("graph-row").nth(1)).to_be_visible(timeout=3 * TIMEOUT_MS)
        page.goto("about:blank")  # ends its polling before the server ends


def test_a_node_is_named_on_hover_and_told_of_on_click(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, write_graph(tmp_path / "hover.json", "hover", 2.5))
    point = page.evaluate("id => window.__scene.screenPosition(id)", f"{graph}/feature/0/1/2")
    page.mouse.move(point["x"], point["y"])
    expect(page.get_by_test_id("tooltip")).to_contain_text("Texas")
    page.mouse.click(point["x"], point["y"])
    detail = page.get_by_test_id("node-detail")
    expect(detail).to_contain_text("Texas")
    expect(page.get_by_test_id("comes-from")).to_contain_text("Dallas")
    expect(page.get_by_test_id("goes-to")).to_contain_text("Austin")
    assert 2.0 in numbers(detail.inner_text())  # its activation
    page.get_by_test_id("comes-from").get_by_role("button").first.click()
    expect(detail).to_contain_text("Dallas")


def test_a_dropped_file_is_imported(page: Page, site: str, tmp_path: Path) -> None:
    page.goto(site)
    text = write_graph(tmp_path / "dropped.json", "dropped", 4.5).read_text()
    drop(page, "dropped.json", text)
    page.wait_for_url("**/graphs/*")
    expect(page.get_by_test_id("path-row").first).to_contain_text("Texas")


def drop(page: Page, name: str, content: str) -> None:
    page.evaluate(
        """([name, content]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([content], name, { type: "application/json" }));
            for (const type of ["dragenter", "dragover", "drop"])
                document.body.dispatchEvent(
                    new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
        }""",
        [name, content],
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "it is not JSON"),
        ('{"hello": "world"}', "metadata: missing"),
    ],
)
def test_a_bad_file_is_told_of(
    page: Page, site: str, expected_messages: list[str], content: str, message: str
) -> None:
    expected_messages.append(REFUSED)
    page.goto(site)
    expect(page.get_by_test_id("graph-row").or_(page.get_by_test_id("no-graphs")).first).to_be_visible()
    before = page.get_by_test_id("graph-row").count()
    drop(page, "bad.json", content)
    expect(page.get_by_test_id("error-banner")).to_contain_text(message)
    assert page.get_by_test_id("graph-row").count() == before


def test_a_prompt_too_long_is_told_of(page: Page, site: str, expected_messages: list[str]) -> None:
    expected_messages.append(REFUSED)
    page.goto(site)
    page.get_by_test_id("prompt-input").fill("state " * 300)
    page.get_by_test_id("prompt-submit").click()
    expect(page.get_by_test_id("error-banner")).to_contain_text("reads at most 128")


def test_a_graph_that_is_not_there_is_told_of(page: Page, site: str, expected_messages: list[str]) -> None:
    expected_messages.append(REFUSED)
    page.goto(f"{site}/graphs/0123")
    expect(page.get_by_test_id("error-banner")).to_contain_text("There is no graph '0123'")


def test_a_deleted_graph_leaves_the_list(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, write_graph(tmp_path / "gone.json", "gone", 6.5, "gone soon"))
    page.goto(site)
    row = page.locator(f"[data-testid=graph-row][data-graph-id='{graph}']")
    row.get_by_test_id("delete-graph").click()
    expect(page.get_by_test_id("deletion-news")).to_contain_text("Deleted")
    page.reload()  # whoever leaves does not take it back
    expect(page.get_by_test_id("library-search").or_(page.get_by_test_id("no-graphs"))).to_be_visible()
    expect(row).to_have_count(0)


def test_a_server_with_a_token_asks_for_it_once(
    page: Page, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)
    with serving(tmp_path, "--no-examples", token="open-sesame"):
        page.goto(url(tmp_path))
        page.get_by_test_id("token-input").fill("guess")
        page.get_by_test_id("token-submit").click()
        expect(page.get_by_test_id("token-refused")).to_be_visible()
        expect(page.get_by_test_id("no-graphs")).to_have_count(0)
        page.get_by_test_id("token-input").fill("open-sesame")
        page.get_by_test_id("token-submit").click()
        expect(page.get_by_test_id("no-graphs")).to_be_visible()
        assert "open-sesame" not in page.evaluate("document.cookie + JSON.stringify(localStorage)")
        import_graph(page, url(tmp_path), write_graph(tmp_path / "tiny.json", "tiny"))
        page.reload()
        expect(page.get_by_test_id("path-row").first).to_contain_text("Texas")
        status = "id => fetch(`/api/jobs/${id}/events`).then(answer => answer.status)"
        assert page.evaluate(status, "none") == 404, "the session opens event streams too"
        page.goto("about:blank")  # ends its polling before the server ends


@pytest.mark.skipif(not GRAPHS.is_dir(), reason="../shared/graphs is not here")
def test_the_real_graphs_open_and_rank(page: Page, site: str) -> None:
    for file in sorted(GRAPHS.glob("*.json")):
        document = json.loads(file.read_text())
        import_graph(page, site, file)
        drawing = page.get_by_test_id("drawing")
        expect(drawing).to_have_attribute("data-nodes", str(len(document["nodes"])))
        links = sum(link["weight"] != 0 for link in document["links"])
        expect(drawing).to_have_attribute("data-edges", str(links))
        # The list of what lowers the target may come first.
        first = page.get_by_test_id("list-raises").get_by_test_id("path-row").first
        expect(first).to_be_visible()
        if "dallas-grouped" in file.name:
            assert re.search(r"Dallas.*Texas.*Austin.*8\.58", text_of(first)), text_of(first)
        if "oakland-grouped" in file.name:
            page.get_by_test_id("group-by").select_option("label")
            expect(first).to_contain_text(re.compile(r"Oakland.*California.*Sacramento.*7\.68"))


def test_a_graph_is_taken_away_as_a_file(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, write_graph(tmp_path / "away.json", "away", 7.5))
    page.goto(f"{site}/graphs/{graph}")
    menu = page.get_by_test_id("export-graph")
    menu.locator("summary").click()
    with page.expect_download() as download:
        menu.get_by_role("link", name="Graph JSON").click()
    assert download.value.suggested_filename == "away.json"
    assert read_graph_file(download.value.path().read_bytes()).record.id == graph
    expect(menu.get_by_role("link").first).to_be_hidden()
    menu.locator("summary").press("Enter")
    expect(menu.get_by_role("link")).to_have_count(5)
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link").first).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
