"""What leaves the answer, in Chromium: text, a table, files, the Cypher behind it; and rows until enough is covered."""

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import expect_accessible, import_graph
from tests.support.graph_documents import edited, link, whole_document

pytestmark = pytest.mark.slow


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """A graph of two paths; its address. The page may read what it copies."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    file = tmp_path / "copy.json"
    file.write_text(
        json.dumps(edited(lambda document: document["links"].append(link("0_7_1", "5_22898_2", 5.0))))
    )
    opened = import_graph(page, site, file)
    page.goto(f"{site}/graphs/{opened}?by=none")
    expect(page.get_by_test_id("path-row")).to_have_count(2)
    return opened


def copied(page: Page) -> str:
    expect(page.get_by_test_id("copy-menu")).to_contain_text("Copied.")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_an_answer_is_copied_as_text_and_as_a_table(page: Page, site: str, graph: str) -> None:
    menu = page.get_by_test_id("copy-menu")
    menu.locator("summary").click()
    expect_accessible(page)
    page.get_by_test_id("copy-text").click()
    text = copied(page)
    said = page.get_by_test_id("sentence").locator("summary").inner_text().removeprefix("▸").strip()
    assert text.startswith("Why Austin? “Dallas is” (gemma-2-2b)\n\n") and said in text
    assert "1. Dallas → L0 #7 → Austin  6.67" in text and "1. Dallas → L0 #7 → Texas → Austin  −6.40" in text
    assert text.endswith(f"{site}/graphs/{graph}?by=none")

    page.get_by_test_id("copy-table").click()
    page.wait_for_function("() => navigator.clipboard.readText().then(text => text.startsWith('side'))")
    heading, *rows = [line.split("\t") for line in copied(page).splitlines()]
    assert [row[heading.index("path")] for row in rows] == [
        "Dallas → L0 #7 → Austin",
        "Dallas → L0 #7 → Texas → Austin",
    ]
    assert [float(row[heading.index("influence")]) for row in rows] == pytest.approx([0.5, 0.3])

    with page.expect_download() as download:
        page.get_by_test_id("save-csv").click()
    saved = list(csv.reader(io.StringIO(Path(download.value.path()).read_text())))
    assert saved == [heading, *rows]
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(page.get_by_test_id("copy-text")).not_to_be_visible()


def test_the_cypher_behind_a_list_gives_its_paths(page: Page, site: str, graph: str) -> None:
    page.get_by_test_id("copy-menu").locator("summary").click()
    page.get_by_test_id("show-cypher").click()
    dialog = page.get_by_role("dialog", name="The Cypher behind this list")
    expect(dialog).to_contain_text("reads the 2 listed paths from the database")
    expect(dialog).to_contain_text("For Ladybug")
    expect_accessible(page)
    page.get_by_test_id("copy-cypher").click()
    expect(dialog).to_contain_text("Copied")
    statement = page.evaluate("navigator.clipboard.readText()")
    assert statement == page.get_by_test_id("cypher-text").inner_text() and "$" not in statement

    answer = page.request.post(f"{site}/api/cypher", data={"query": statement}).json()
    rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    dallas, first, texas, austin = (
        f"{graph}/{end}"
        for end in ("embedding/-1/1/26865", "feature/0/1/7", "feature/2/2/9", "logit/4/2/22898")
    )
    assert [(row["path"], row["source"], row["target"]) for row in rows] == [
        *((1, dallas, first), (1, first, austin)),
        *((2, dallas, first), (2, first, texas), (2, texas, austin)),
    ]


def test_the_paths_are_taken_away_as_a_graph(page: Page, site: str, graph: str) -> None:
    page.goto(f"{site}/graphs/{graph}?by=none&through=layer:2")
    expect(page.get_by_test_id("path-row")).to_have_count(1)
    page.get_by_test_id("copy-menu").locator("summary").click()
    with page.expect_download() as download:
        page.get_by_test_id("file-lowers-graph-json").click()
    nodes = json.loads(Path(download.value.path()).read_text())["nodes"]
    assert len(nodes) == 4
    expect(page.get_by_test_id("file-raises-csv")).to_have_count(0)  # nothing raises it through layer 2


def test_lists_grow_until_they_cover_what_is_wanted(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "until.json"
    file.write_text(json.dumps(whole_document(60, seed=3)))
    graph = import_graph(page, site, file)
    page.goto(f"{site}/graphs/{graph}?by=none&score=influence")
    coverage, until = page.get_by_test_id("coverage"), page.get_by_test_id("until")
    expect(coverage).to_be_visible()

    def covered() -> float:
        return float(coverage.get_attribute("data-covered") or 0)

    matching = page.request.get(f"{site}/api/graphs/{graph}/paths?k=1").json()["matching"]
    wanted = [
        float(one)
        for one in until.locator("option").evaluate_all("all => all.slice(1).map(one => one.value)")
    ]
    assert wanted and min(wanted) > covered()
    least = min(wanted)
    until.select_option(str(least))
    page.wait_for_function(
        "least => Number(document.querySelector('[data-testid=coverage]').dataset.covered) >= least",
        arg=least,
    )
    rows = page.get_by_test_id("path-row").count()
    assert f"These {rows} carry" in coverage.inner_text()
    expect(page.get_by_test_id("until-said")).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("path-row")).to_have_count(rows)

    out_of_reach = [one for one in wanted if one > matching]
    until.select_option(str(out_of_reach[0]))
    expect(page.get_by_test_id("until-said")).to_contain_text("all paths that fit carry")
