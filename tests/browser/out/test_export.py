"""What leaves a graph's page, in Chromium: pictures, files of the graph and of a View, the link."""

import json
import re
from pathlib import Path
from struct import unpack
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from ingest.graph_file.read import read_graph_file
from tests.browser.reading import expect_accessible, import_graph
from tests.support.graph_documents import edited, link

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"
TEXAS = "feature/2/2/9"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """The id of a graph of two logits and, to Austin, two paths: one by Texas and one beside it. All of it is drawn."""
    file = tmp_path / "out.json"
    links = [link("0_7_1", "5_22898_2", 5.0)]
    file.write_text(json.dumps(edited(lambda document: document["links"].extend(links))))
    opened = import_graph(page, site, file)
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    expect(page.locator("[data-painted=true]")).to_be_visible()
    return opened


def opened(page: Page) -> Locator:
    menu = page.get_by_test_id("export-graph")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    return menu


def picture(page: Page, kind: str) -> Download:
    opened(page)
    with page.expect_download() as download:
        page.get_by_test_id(f"picture-{kind}").click()
    return download.value


def texts(root: ElementTree.Element) -> list[str]:
    return [(one.text or "") for one in root.iter(f"{SVG}text")]


def size_of(png: Path) -> tuple[int, int]:
    content = png.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = unpack(">II", content[16:24])
    return int(width), int(height)


def colours(page: Page, png: Path) -> dict[str, Any]:
    """How many colours a picture has, and that of its corner."""
    read = """async (bytes) => {
        const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
        const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
        canvas.drawImage(image, 0, 0);
        const { data } = canvas.getImageData(0, 0, image.width, image.height);
        return { corner: [...data.slice(0, 3)], several: new Set(new Uint32Array(data.buffer)).size };
    }"""
    return dict(page.evaluate(read, list(png.read_bytes())))


def test_an_svg_has_lines_and_text_and_says_what_it_is(page: Page, site: str, graph: str) -> None:
    download = picture(page, "svg")
    assert download.suggested_filename == "a-slug.svg"
    root = ElementTree.parse(download.path()).getroot()
    box = page.get_by_test_id("drawing").bounding_box()
    assert box
    assert root.attrib["width"] == f"{box['width']:g}"
    assert float(root.attrib["height"]) > box["height"] + 60

    said = texts(root)
    for name in ("‹bos›", "Dallas", "is", "Texas", "feature", "embedding", "target", "excites", "inhibits"):
        assert name in said, name
    assert any(re.fullmatch(r"Austin \d+ %", one) for one in said), "a logit's name in the drawing"
    assert any(re.fullmatch(r"Dallas is → Austin \d+ %", one) for one in said), "the caption"
    drawing = page.get_by_test_id("drawing")
    n_nodes, n_links = drawing.get_attribute("data-nodes"), drawing.get_attribute("data-edges")
    assert any(
        one.startswith(f"{drawing.get_attribute('data-drawn-nodes')} of {n_nodes} nodes") for one in said
    )
    assert any(f"of {n_links} links" in one for one in said)
    assert f"Graph {graph} · {site}/graphs/{graph}" in said
    assert [one.attrib["href"] for one in root.iter(f"{SVG}a")] == [f"{site}/graphs/{graph}"]

    curves = next(one for one in root.iter(f"{SVG}g") if one.get("class") == "links")
    assert len(list(curves)) == int(drawing.get_attribute("data-drawn-edges") or 0) > 3
    assert not list(root.iter(f"{SVG}image"))


@pytest.mark.usefixtures("graph")
def test_a_picture_shows_the_selection_as_it_is_seen(page: Page) -> None:
    plain = ElementTree.parse(picture(page, "svg").path()).getroot()
    page.keyboard.press("Escape")
    page.get_by_test_id("mode-single").click()
    row = page.get_by_test_id("path-row").filter(has_text="Texas")
    row.locator(".path-row-button").click()
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-nodes", re.compile("[1-9]"))
    lit = ElementTree.parse(picture(page, "svg").path()).getroot()
    assert "Texas L2" in texts(lit) and "Texas L2" not in texts(plain)
    dashed = [one for one in lit.iter(f"{SVG}path") if one.get("stroke-linecap") == "round"]
    assert len(dashed) == int(page.get_by_test_id("drawing").get_attribute("data-lit-edges") or 0)
    expect(page).to_have_url(re.compile("row="))
    address = page.url.split("?")[1]
    assert any(address in one for one in texts(lit)), "the link leads to what is lit"


@pytest.mark.usefixtures("graph")
def test_a_png_has_the_scale_that_was_chosen_and_light_colours_unless_dark_ones_are(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    box = page.get_by_test_id("drawing").bounding_box()
    assert box
    download = picture(page, "png")
    assert download.suggested_filename == "a-slug.png"
    two = size_of(download.path())
    assert two[0] == round(2 * box["width"])
    light = colours(page, download.path())
    assert min(light["corner"]) > 240
    assert light["several"] > 50, "it is not blank"

    opened(page)
    page.get_by_test_id("picture-scale").select_option("3")
    page.get_by_test_id("picture-scheme").select_option("dark")
    download = picture(page, "png")
    three = size_of(download.path())
    assert three == (round(two[0] * 1.5), round(two[1] * 1.5))
    dark = colours(page, download.path())
    assert max(dark["corner"]) < 40
    assert dark["several"] > 50


def test_a_circuit_leaves_as_it_is_drawn(page: Page, site: str, graph: str) -> None:
    """The page draws it as SVG, which its stylesheets style; the file has the styles, in the colours asked for."""
    page.emulate_media(color_scheme="dark")
    pins = "pins=embedding/-1/1/26865,logit/4/2/22898&group=feature/0/1/7,feature/2/2/9:0:state"
    page.goto(f"{site}/graphs/{graph}?tab=circuit&view=&{pins}")
    shown = page.get_by_test_id("circuit-picture")
    expect(shown).to_have_attribute("data-links", re.compile("[1-9]"))
    box = shown.bounding_box()
    assert box
    root = ElementTree.parse(picture(page, "svg").path()).getroot()
    assert float(root.attrib["width"]) == pytest.approx(box["width"], abs=1)
    said = texts(root)
    assert "state" in said
    assert any(one.startswith("Dallas is → Austin") for one in said)
    assert any(one.startswith("Circuit of ") and "explains" in one for one in said)
    inside = next(one for one in root.iter(f"{SVG}svg") if one is not root)
    frames = [one for one in inside.iter(f"{SVG}rect") if one.get("rx")]
    assert len(frames) == int(shown.get_attribute("data-boxes") or 0)
    light = [int(part) for part in re.findall(r"\d+", inside[0].attrib["fill"])]
    assert min(light) > 240, "the paper"
    heads = {f"url(#{one.attrib['id']})" for one in inside.iter(f"{SVG}marker")}
    lines = [one for one in inside.iter(f"{SVG}path") if one.get("marker-end")]
    assert len(lines) == int(shown.get_attribute("data-links") or 0)
    assert {one.attrib["marker-end"] for one in lines} <= heads
    assert not any(
        "var(" in value or "class" in one.attrib for one in inside.iter() for value in one.attrib.values()
    )

    download = picture(page, "png")
    assert size_of(download.path())[0] == pytest.approx(2 * box["width"], abs=2)
    drawn = colours(page, download.path())
    assert min(drawn["corner"]) > 240 and drawn["several"] > 10
    assert page.locator("svg[data-picture]").count() == 1, "the copy is gone"


def test_an_empty_circuit_is_no_picture(page: Page, site: str, graph: str) -> None:
    page.goto(f"{site}/graphs/{graph}?tab=circuit&view=")
    expect(page.get_by_test_id("tray")).to_be_visible()
    menu = opened(page)
    menu.get_by_test_id("picture-svg").click()
    expect(menu.get_by_role("alert")).to_have_text("Nothing is drawn here yet.")


def test_a_view_leaves_as_it_is_saved(page: Page, site: str, graph: str) -> None:
    menu = opened(page)
    whole = menu.get_by_role("link", name="Graph JSON (")
    with page.expect_download() as download:
        whole.click()
    written = json.loads(download.value.path().read_text())
    assert written["qParams"]["pinnedIds"] == ["2_9_2"]
    assert read_graph_file(download.value.path().read_bytes()).record.id == graph

    page.goto(f"{site}/graphs/{graph}?sel=embedding/-1/1/26865")
    expect(page.get_by_test_id("node-detail")).to_be_visible()
    expect(page.get_by_test_id("tray")).to_be_visible()
    menu = opened(page)
    expect(menu.get_by_test_id("export-unsaved")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.type("place")
    page.keyboard.press("Enter")
    menu = opened(page)
    expect(menu.get_by_test_id("export-unsaved")).to_contain_text("without your changes since")
    menu.get_by_test_id("export-unsaved").get_by_role("button").click()
    expect(menu.get_by_test_id("export-unsaved")).to_have_count(0)
    with page.expect_download() as download:
        menu.get_by_test_id("export-view").click()
    part = json.loads(download.value.path().read_text())
    groups = {name: set(members) for name, *members in part["qParams"]["supernodes"]}
    assert "place" in groups
    ids = {one["node_id"] for one in part["nodes"]}
    assert ids == set(part["qParams"]["pinnedIds"]) == {"2_9_2", *groups["place"], *groups.get("state", ())}
    expect(menu.locator("summary")).to_be_visible()


def test_the_link_says_the_page_as_it_is(page: Page, site: str, graph: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_test_id("mode-single").click()
    menu = opened(page)
    expect_accessible(page)
    menu.get_by_role("button", name="Copy link").click()
    expect(menu.get_by_role("status").first).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}/graphs/{graph}?by=none"
    menu.get_by_role("button", name="Copy HTML").click()
    html = page.evaluate("navigator.clipboard.readText()")
    assert f'<iframe src="{site}/graphs/{graph}?by=none&amp;embed=true" title="Dallas is → Austin' in html


@pytest.mark.usefixtures("graph")
def test_the_menu_fits_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    panel = opened(page).get_by_role("group", name="Share and export")
    box = panel.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 700
    expect(panel.get_by_role("button", name="Copy HTML")).to_be_visible()


def test_the_link_is_selected_where_the_page_may_not_copy(page: Page, site: str, graph: str) -> None:
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })")
    page.reload()  # as where the page comes over plain HTTP from another machine
    menu = opened(page)
    menu.get_by_role("button", name="Copy link").click()
    expect(menu.get_by_role("status").first).to_contain_text("Ctrl-C")
    field = menu.get_by_label("Link to this page as it is")
    expect(field).to_be_focused()
    assert (
        page.evaluate("document.getSelection().toString()") == field.input_value() == f"{site}/graphs/{graph}"
    )
