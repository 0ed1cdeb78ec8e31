"""The Ask page in Chromium: named queries with their pickers, Cypher, rows as table, graph and CSV, saved queries,
what was asked before; on both engines where the database is asked."""

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import Started
from tests.browser.reading import AWAY, REFUSED, expect_accessible, hold_requests, let_go
from tests.support.api import write_pair
from tests.support.processes import run, serving, url, write_graph

pytestmark = pytest.mark.slow

FEATURE = "/features/google%2Ftiny/a%2Fb/0/2"
PATHS = (
    "MATCH p = (e:EmbeddingNode)-[:DIRECT_EFFECT]->(f:FeatureNode)-[:DIRECT_EFFECT]->(l:LogitNode) RETURN p"
)


@pytest.fixture
def asked(server: str, tmp_path: Path) -> tuple[str, str, str]:
    """The address of a server on an engine, and the ids of its two graphs, which have one feature: Dallas, Oakland."""
    first, second = (store(server, file) for file in write_pair(tmp_path))
    return server, first, second


def store(site: str, file: Path) -> str:
    return str(requests.post(f"{site}/api/graphs/import", data=file.read_bytes()).json()["id"])


def write(page: Page, text: str) -> None:
    """Put a text into the editor in place of what is in it, without the brackets that it would close."""
    editor = page.get_by_test_id("cypher")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def expect_text(page: Page, text: str) -> None:
    expect(page.get_by_test_id("cypher")).to_have_text(re.compile(re.escape(text)))


def choose(page: Page, field: str, words: str, count: int = 1) -> None:
    """Choose the first of a field's choices by keyboard, once so many have the words."""
    box = page.get_by_test_id(f"field-{field}").get_by_role("combobox")
    box.fill(words)
    # Until they come, the choices are those of the words before.
    expect(box.locator("xpath=..").locator("[role=listbox]")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_test_id("choice")).to_have_count(count)
    box.press("ArrowDown")
    box.press("Enter")


def test_a_question_is_a_form_whose_rows_are_links(page: Page, asked: tuple[str, str, str]) -> None:
    site, dallas, oakland = asked
    page.goto(f"{site}/ask")
    page.get_by_test_id("search-questions").fill("graphs share")
    page.get_by_test_id("question-shared-features").click()
    ask, rows = page.get_by_test_id("ask"), page.get_by_test_id("result-row")
    ask.click()
    expect(page.get_by_test_id("field-graphs")).to_contain_text("needed")
    choose(page, "graphs", "Dallas")
    choose(page, "graphs", "oakland")
    picked = page.get_by_test_id("picked")
    expect(picked).to_contain_text(["Dallas", "Oakland"])
    k = page.get_by_test_id("field-k").get_by_role("textbox")
    k.fill("0")
    ask.click()
    expect(page.get_by_test_id("field-k")).to_contain_text("must be 1 or more")
    k.fill("5")
    k.press("Enter")
    expect(rows).to_have_count(1)
    expect(page.get_by_test_id("result-count")).to_contain_text("1 row in")
    expect(rows.get_by_role("link", name="L0 #2")).to_have_attribute("href", FEATURE)
    assert page.url == f"{site}/ask?q=shared-features&graphs={dallas}&graphs={oakland}&k=5"
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        expect_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.reload()
    expect(rows).to_have_count(1)
    expect(picked).to_contain_text(["Dallas", "Oakland"])
    page.get_by_test_id("show-cypher").click()
    expect_text(page, "g.id IN $graphs")
    expect(page.get_by_test_id("value-graphs")).to_have_value(json.dumps([dallas, oakland]).replace(" ", ""))
    expect(page.get_by_test_id("value-k")).to_have_value("5")
    expect(rows).to_have_count(1)
    page.go_back()
    expect(page.get_by_test_id("named-form")).to_be_visible()
    expect(rows).to_have_count(1)


def test_fields_pick_nodes_tokens_and_features_of_the_graph(page: Page, asked: tuple[str, str, str]) -> None:
    site, dallas, oakland = asked
    rows = page.get_by_test_id("result-row")
    page.goto(f"{site}/ask?q=readers-of-token&graph={dallas}")
    choose(page, "token", "dal")
    page.get_by_test_id("ask").click()
    expect(rows).to_have_count(1)
    assert "token=+Dallas" in page.url
    # What is chosen of the graph stays chosen in the next question.
    page.get_by_test_id("question-node-inputs").click()
    choose(page, "node", "austin")
    page.get_by_test_id("ask").click()
    expect(rows).to_have_count(2)
    assert f"node={dallas}/logit/2/1/9" in page.url
    page.get_by_test_id("question-feature-graphs").click()
    expect(page.get_by_test_id("named-form")).to_contain_text("Graphs in which a feature fires")
    expect(rows).to_have_count(0)  # those of another question
    choose(page, "feature", "L0 #2")
    page.get_by_test_id("ask").click()
    expect(rows.filter(has_text="Oakland")).to_have_count(1)
    addresses = {link.get_attribute("href") for link in rows.get_by_role("link").all()}
    assert addresses == {f"/graphs/{dallas}", f"/graphs/{oakland}"}
    page.get_by_test_id("picked").get_by_role("button").click()
    choose(page, "feature", "Texas")
    expect(page.get_by_test_id("picked")).to_contain_text("Texas L0 #2")


def test_a_row_opens_as_a_picture_and_rows_are_drawn(page: Page, asked: tuple[str, str, str]) -> None:
    site, dallas, _ = asked
    page.goto(f"{site}/ask?q=top-paths&graph={dallas}&min_length=1")
    rows = page.get_by_test_id("result-row")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Graph", exact=True).click()
    drawn = page.get_by_test_id("result-graph")
    expect(drawn).to_have_attribute("data-nodes", "3")
    expect(drawn).to_have_attribute("data-links", "3")
    expect(drawn.get_by_test_id("drawn-node")).to_have_count(3)
    assert page.url.endswith("&as=graph")
    expect_accessible(page)
    drawn.get_by_role("link", name="Texas, feature").click()
    page.wait_for_url(f"**/graphs/{dallas}?*sel=feature/0/1/2*")
    page.go_back()
    expect(drawn).to_have_attribute("data-nodes", "3")
    page.get_by_role("button", name="Table", exact=True).click()
    rows.first.get_by_test_id("picture").click()
    page.wait_for_url(re.compile(f"/graphs/{dallas}.*tab=circuit"))
    expect(page.get_by_role("button", name="Circuit", exact=True)).to_have_attribute("aria-pressed", "true")
    assert "pins=embedding/-1/1/7,feature/0/1/2,logit/2/1/9" in page.url
    page.go_back()
    expect(rows).to_have_count(2)


def test_cypher_is_completed_run_and_read(page: Page, asked: tuple[str, str, str], started: Started) -> None:
    site, *_ = asked
    page.goto(f"{site}/ask")
    expect(page.get_by_test_id("dialect")).to_contain_text("Cypher")
    expect(page.get_by_test_id("schema")).to_contain_text("(:FeatureNode)")
    editor, rows = page.get_by_test_id("cypher"), page.get_by_test_id("result-row")
    editor.click()
    page.keyboard.type("MATCH (l:Logi")
    offered = page.locator(".cm-completionLabel")
    expect(offered).to_have_text(["LogitNode"])
    page.wait_for_timeout(100)  # the editor takes no Enter just after its list has come
    page.keyboard.press("Enter")
    page.keyboard.type(") RETURN l.prob")
    expect(offered).to_have_text(["probability"])
    page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    expect_text(page, "MATCH (l:LogitNode) RETURN l.probability")
    page.keyboard.type(", l.token AS token LIMIT $k")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("It needs a value for $k.")
    page.get_by_test_id("value-k").fill("3")
    page.get_by_test_id("value-k").press("Enter")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("0.6")
    assert "?cypher=MATCH" in page.url and page.url.endswith("&$k=3")
    expect_accessible(page)
    with page.expect_download() as download:
        page.get_by_test_id("save-csv").click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text())))
    assert lines == [["l.probability", "token"], ["0.6", " Austin"], ["0.6", " Austin"]]

    page.get_by_test_id("bound-rows").fill("1")
    page.get_by_test_id("run").click()
    expect(rows).to_have_count(1)
    expect(page.get_by_test_id("result-count")).to_contain_text("There are more")
    page.get_by_test_id("bound-rows").fill("0")
    expect(page.get_by_test_id("run")).to_be_disabled()
    page.get_by_test_id("bound-rows").fill("")

    write(page, PATHS)
    page.keyboard.press("Control+Enter")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Texas")).to_have_count(1)
    page.get_by_role("button", name="Graph", exact=True).click()
    expect(page.get_by_test_id("result-graph")).to_have_attribute("data-nodes", "6")
    expect(page.get_by_test_id("result-graph")).to_have_attribute("data-links", "4")
    assert started.engine in page.request.get(f"{site}/api/cypher/schema").text()


def test_an_error_is_shown_at_its_place(
    page: Page, asked: tuple[str, str, str], expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)
    site, *_ = asked
    page.goto(f"{site}/ask")
    write(page, "MATCH (n:FeatureNode)\nRETRUN n")
    page.get_by_test_id("run").click()
    wrong, banner = page.locator(".cm-lintRange-error"), page.get_by_test_id("error-banner")
    expect(wrong).to_have_text("RETRUN")
    expect(banner).to_contain_text("(line 2, column 1)")
    expect_accessible(page)
    write(page, "CREATE (n:Feature {key: 'x'}) RETURN n")
    expect(wrong).to_have_count(0)
    page.get_by_test_id("run").click()
    expect(banner).to_contain_text("Only reading queries are run")
    write(page, "MATCH (n:FeatureNode) RETURN n.label AS label ORDER BY label")
    page.get_by_test_id("run").click()
    expect(page.get_by_test_id("result-row")).to_have_text(["Texas", "a state"])
    expect(banner).to_have_count(0)


def test_a_saved_query_has_an_address(
    page: Page, asked: tuple[str, str, str], expected_messages: list[str]
) -> None:
    site, *_ = asked
    page.goto(f"{site}/ask")
    write(page, "MATCH (l:LogitNode) RETURN l.token AS token LIMIT $k")
    page.get_by_test_id("value-k").fill("1")
    page.get_by_test_id("save").click()
    page.get_by_test_id("save-name").fill("logits & 'more', Ада?")
    page.get_by_test_id("save-notes").fill("what is predicted")
    expect_accessible(page)
    page.get_by_test_id("save-submit").click()
    rows = page.get_by_test_id("result-row")
    expect(rows).to_have_text(["Austin"])
    expect(page.get_by_role("heading", level=1)).to_have_text("logits & 'more', Ада?")
    page.reload()
    expect(rows).to_have_text(["Austin"])
    expect_text(page, "RETURN l.token AS token LIMIT $k")

    # Saved over, it says something else under the same address.
    address = page.url
    write(page, "MATCH (l:LogitNode) RETURN l.probability AS p LIMIT $k")
    page.get_by_test_id("save").click()
    page.get_by_test_id("save-submit").click()
    expect(rows).to_have_text(["0.6"])
    assert page.url == address

    listed = page.get_by_test_id("saved-query")
    page.get_by_role("button", name="Saved", exact=True).click()
    expect(listed).to_have_count(1)
    listed.get_by_role("button", name="Rename").click()
    page.get_by_test_id("rename-query").fill("logits")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}/ask?saved=logits&$k=1")
    expect(rows).to_have_text(["0.6"])
    expect(listed).to_contain_text(["logits"])
    expect_accessible(page)
    listed.get_by_role("button", name="Delete").click()
    expect(listed).to_have_count(0)
    page.get_by_test_id("undo-delete-query").click()
    expect(listed).to_contain_text(["logits"])
    requests.delete(f"{site}/api/saved-queries/logits")
    expected_messages.append(REFUSED)
    page.goto(f"{site}/ask?saved=logits")
    expect(page.get_by_test_id("error-banner")).to_contain_text("There is no saved query 'logits'.")


def test_what_runs_is_cancelled(page: Page, site: str, tmp_path: Path) -> None:
    store(site, write_graph(tmp_path / "tiny.json"))
    held = hold_requests(page, "**/api/cypher")
    page.goto(f"{site}/ask")
    write(page, "MATCH (l:LogitNode) RETURN l.token AS token")
    page.get_by_test_id("run").click()
    page.get_by_test_id("cancel-query").click()
    expect(page.get_by_test_id("cancelled")).to_be_visible()
    expect(page.get_by_test_id("run")).to_be_enabled()
    expect(page.get_by_test_id("result-row")).to_have_count(0)
    held.clear()
    page.get_by_role("button", name="Ask again").click()
    let_go(page, held)
    expect(page.get_by_test_id("result-row")).to_have_text(["Austin"])


def test_what_is_typed_outlives_back_reload_and_an_absent_server(
    page: Page, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    rows, typed = page.get_by_test_id("result-row"), "MATCH (f:FeatureNode) RETURN f.label AS label"
    with serving(data, "--no-examples"):
        site = url(data)
        graph = store(site, write_graph(tmp_path / "tiny.json"))
        page.goto(f"{site}/ask?q=hubs&graph={graph}")
        expect(rows).to_have_count(1)
        page.get_by_test_id("own-cypher").click()
        write(page, typed)
        page.get_by_test_id("question-hubs").click()
        page.get_by_test_id("field-k").get_by_role("textbox").fill("7")
        page.go_back()
        expect_text(page, typed)
        page.reload()
        expect_text(page, typed)
        page.go_forward()
        expect(page.get_by_test_id("field-k").get_by_role("textbox")).to_have_value("7")
        page.go_back()
        expect_text(page, typed)
    page.get_by_test_id("run").click()
    banner = page.get_by_test_id("error-banner")
    expect(banner).to_contain_text("No answer yet. The server does not answer.")
    expect_text(page, typed)
    expect_accessible(page)
    with serving(data, "--no-examples", "--port", str(urlsplit(site).port)):
        expect(rows).to_have_text(["Texas"])
        expect(banner).to_have_count(0)
        expect_text(page, typed)
        page.goto("about:blank")


def test_what_was_asked_is_asked_again_from_the_history(page: Page, site: str, tmp_path: Path) -> None:
    graph = store(site, write_graph(tmp_path / "tiny.json"))
    rows, entries = page.get_by_test_id("result-row"), page.get_by_test_id("history-entry")
    page.goto(f"{site}/ask?q=hubs&graph={graph}")
    expect(rows).to_have_count(1)
    page.goto(f"{site}/ask?cypher={quote('MATCH (l:LogitNode) RETURN l.token AS token')}")
    expect(rows).to_have_text(["Austin"])
    page.get_by_role("button", name="History", exact=True).click()
    expect(entries).to_contain_text(["MATCH (l:LogitNode)", "Hubs"])
    expect_accessible(page)
    entries.nth(1).click()
    expect(page.get_by_test_id("named-form")).to_be_visible()
    expect(rows).to_contain_text(["L0 #2"])
    expect(entries).to_contain_text(["Hubs", "MATCH (l:LogitNode)"])
    page.get_by_test_id("clear-history").click()
    expect(entries).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="History", exact=True).click()
    expect(entries.filter(has_text="Hubs")).to_have_count(1)  # the address asked again


def test_many_rows_are_scrolled_and_reached_by_keyboard(page: Page, site: str) -> None:
    cypher = "UNWIND range(1, 5000) AS x RETURN x, 'row ' + string(x) AS name"
    page.goto(f"{site}/ask?cypher={quote(cypher)}")
    table, rows = page.get_by_test_id("result-table"), page.get_by_test_id("result-row")
    expect(table).to_have_attribute("data-rows", "5000")
    expect(rows.first).to_contain_text("row 1")
    assert rows.count() < 60
    table.focus()
    page.keyboard.press("End")
    expect(rows.last).to_contain_text("row 5000")
    expect(rows.last).to_have_attribute("aria-rowindex", "5001")
    expect(page.get_by_role("button", name="Graph", exact=True)).to_be_disabled()


def test_a_graph_s_answers_lead_to_it(page: Page, site: str, tmp_path: Path) -> None:
    graph = store(site, write_graph(tmp_path / "tiny.json"))
    page.goto(f"{site}/graphs/{graph}")
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    page.get_by_test_id("copy-menu").locator("summary").click()
    page.get_by_test_id("ask-about").click()
    page.wait_for_url("**/ask?q=top-paths&*")
    expect(page.get_by_test_id("picked")).to_contain_text(["Dallas", "Austin"])
    expect(page.get_by_test_id("result-row")).to_have_count(1)


def test_a_data_set_is_asked_and_saves_nothing(page: Page, tmp_path: Path) -> None:
    source, data = tmp_path / "source", tmp_path / "data"
    source.mkdir()
    assert run("import", write_graph(source / "one.json", "one"), data=source).status == 0
    assert run("export", "one", "--format", "parquet", "-o", source / "set", data=source).status == 0
    with serving(data, "--database", f"parquet://{source}/set"):
        page.goto(f"{url(data)}/ask?cypher={quote('MATCH (l:LogitNode) RETURN l.token AS token')}")
        expect(page.get_by_test_id("result-row")).to_have_text(["Austin"])
        page.get_by_role("button", name="Saved", exact=True).click()
        expect(page.get_by_test_id("none-saved")).to_contain_text("This data set is only read")
        expect(page.get_by_test_id("save")).to_have_count(0)
        page.goto("about:blank")
