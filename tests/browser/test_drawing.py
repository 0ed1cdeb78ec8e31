"""The drawing in Chromium: its target and names, long prompts, the pointer, colours, pieces of characters."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.reading import import_graph, text_of
from tests.support.graph_documents import document, feature_node, link, node

pytestmark = pytest.mark.slow

LOGITS = (
    " Springfield",
    " Chicago",
    " the",
    " Illinois",
    " its",
    " Lincoln",
    " a",
    " Washington",
    " Peoria",
    " Joliet",
)


def metadata(tokens: list[str], prompt: str | None = None) -> dict[str, Any]:
    text = "".join(tokens) if prompt is None else prompt
    return {**document()["metadata"], "prompt_tokens": tokens, "prompt": text}


def embedding(position: int) -> dict[str, Any]:
    return node(f"E_{100 + position}_{position}", "embedding", "E", position, position, influence=0.5)


def logit(layer: int, index: int, position: int, token: str, probability: float) -> dict[str, Any]:
    text = f'Output "{token}" (p={probability:.3f})'
    name = f"{layer}_{index}_{position}"
    return node(name, "logit", str(layer), position, index, clerp=text, token_prob=probability)


def long_graph(path: Path, n_tokens: int = 75) -> Path:
    """Every token feeds the first logit; from the second and the last but one, paths lead through a feature each."""
    last = n_tokens - 1
    tokens = ["<bos>", *(f" token{at}" for at in range(1, n_tokens))]
    logits = [logit(5, 500 + at, last, token, 0.34 / (at + 1)) for at, token in enumerate(LOGITS)]
    crowd = [feature_node(1, 40 + at, last, activation=1.0) for at in range(12)]
    early = feature_node(0, 7, 2, activation=1.0, clerp="early")
    late = feature_node(2, 9, last, activation=1.0, clerp="late")
    target, other = logits[0]["node_id"], logits[1]["node_id"]
    links = [link(f"E_{100 + at}_{at}", target, 0.1) for at in range(n_tokens)]
    links += [link(f"E_{100 + last}_{last}", one["node_id"], 0.1) for one in crowd]
    links += [link(one["node_id"], target, 0.1) for one in crowd]
    links += [link(late["node_id"], one["node_id"], 0.2) for one in logits[2:]]
    links += [
        link("E_101_1", early["node_id"], 3.0),
        link(early["node_id"], target, 9.0),
        link(f"E_{100 + last - 1}_{last - 1}", late["node_id"], 2.0),
        link(late["node_id"], target, -6.0),
        link(late["node_id"], other, 5.0),
    ]
    nodes = [*(embedding(at) for at in range(n_tokens)), early, late, *crowd, *logits]
    path.write_text(json.dumps({"metadata": metadata(tokens), "nodes": nodes, "links": links}))
    return path


def names(page: Page) -> dict[str, FloatRect]:
    """The names in the drawing and their boxes in it."""
    drawn = page.evaluate("window.__scene.drawnNames()")
    return {
        one["text"]: FloatRect(x=one["left"], y=one["top"], width=one["width"], height=one["height"])
        for one in drawn
    }


def frame(page: Page) -> FloatRect:
    box = page.get_by_test_id("drawing").bounding_box()
    assert box
    return box


def place(page: Page, node: str) -> dict[str, float]:
    """A node's place in the window, which must be in the drawing's."""
    at = page.evaluate("id => window.__scene.screenPosition(id)", node)
    assert at, f"{node} is not in view"
    box = frame(page)
    assert box["x"] < at["x"] < box["x"] + box["width"], (node, at, box)
    assert box["y"] < at["y"] < box["y"] + box["height"], (node, at, box)
    return dict(at)


def radius(page: Page, node: str) -> float:
    return float(page.evaluate("id => window.__scene.screenPosition(id).r", node))


def painted(page: Page) -> None:
    """Wait until what has changed is drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def row(page: Page, text: str) -> Locator:
    return page.get_by_test_id("path-row").filter(has_text=text).locator(".path-row-button").first


def expect_names_apart(page: Page) -> None:
    boxes = list(names(page).items())
    for at, (text, a) in enumerate(boxes):
        assert a["x"] >= 0 and a["y"] >= 0 and a["x"] + a["width"] <= frame(page)["width"], text
        for other, b in boxes[:at]:
            beside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
            above = a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
            assert beside or above, (text, other)


@pytest.mark.parametrize("width", [390, 600, 1280, 1440, 1920])
def test_a_long_prompt_keeps_its_logits_in_view(page: Page, site: str, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    graph = import_graph(page, site, long_graph(tmp_path / "long.json"))
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    painted(page)
    assert {"Springfield 34 %", "Chicago 17 %", "the 11 %", "Joliet 3.4 %"} <= names(page).keys()
    assert len([name for name in names(page) if name.endswith("%")]) == len(LOGITS), names(page)
    expect_names_apart(page)
    for at in range(len(LOGITS)):
        place(page, f"{graph}/logit/4/74/{500 + at}")
    page.get_by_test_id("drawing").scroll_into_view_if_needed()  # on a phone the answer comes first
    page.mouse.click(*(place(page, f"{graph}/logit/4/74/500")[axis] for axis in "xy"))
    expect(page.get_by_test_id("node-detail")).to_contain_text("Springfield")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_test_id("scroll-bar")).to_be_visible()


def test_a_long_prompt_scrolls(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, long_graph(tmp_path / "long.json"))
    target, early, late = f"{graph}/logit/4/74/500", f"{graph}/feature/0/2/7", f"{graph}/feature/2/74/9"
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    bar = page.get_by_test_id("scroll-bar")
    most = int(bar.get_attribute("aria-valuemax") or 0)
    assert most > 200
    expect(bar).to_have_attribute("aria-valuenow", str(most))
    assert page.evaluate("id => window.__scene.screenPosition(id)", early) is None

    box = frame(page)
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.wheel(-150, 0)
    expect(bar).to_have_attribute("aria-valuenow", str(most - 150))
    page.keyboard.down("Shift")
    page.mouse.wheel(0, 50)
    page.keyboard.up("Shift")
    expect(bar).to_have_attribute("aria-valuenow", str(most - 100))
    page.mouse.down()
    page.mouse.move(box["x"] + 340, box["y"] + 200, steps=4)
    page.mouse.up()
    expect(bar).to_have_attribute("aria-valuenow", str(most - 140))

    bar.press("Home")
    expect(bar).to_have_attribute("aria-valuenow", "0")
    place(page, early)
    assert page.evaluate("id => window.__scene.screenPosition(id)", late) is None
    # The target stands at the edge, with its name, and can be clicked.
    painted(page)
    assert "Springfield 34 %" in names(page)
    at = place(page, target)
    page.mouse.click(at["x"], at["y"])
    expect(page.get_by_test_id("node-detail")).to_contain_text("Springfield")

    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.wheel(0, -300)
    expect(page.get_by_test_id("zoom-reset")).to_be_enabled()
    page.get_by_test_id("zoom-reset").click()
    expect(bar).to_have_count(0)
    for shown in (early, late, target):
        place(page, shown)


def test_a_lit_path_is_in_view_wherever_it_is(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, long_graph(tmp_path / "long.json"))
    token, early, late = (
        f"{graph}/{name}" for name in ("embedding/-1/1/101", "feature/0/2/7", "feature/2/74/9")
    )
    target = f"{graph}/logit/4/74/500"
    row(page, "early").click()
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-nodes", "3")
    painted(page)
    for lit in (token, early, target):  # they do not fit side by side
        place(page, lit)
    assert {"early L0", "Springfield 34 %", "token1"} <= names(page).keys()
    page.mouse.click(*(place(page, early)[axis] for axis in "xy"))
    expect(page.get_by_test_id("node-detail")).to_contain_text("early")
    painted(page)
    assert frame(page)["x"] + 80 < place(page, early)["x"], "it is scrolled to"

    row(page, "late").click()
    painted(page)
    for lit in (late, target):
        assert place(page, lit)["x"] < frame(page)["x"] + frame(page)["width"] - 30


def test_the_drawing_follows_the_target(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, long_graph(tmp_path / "two.json", n_tokens=6))
    first, second = f"{graph}/logit/4/5/500", f"{graph}/logit/4/5/501"
    early, late = f"{graph}/feature/0/2/7", f"{graph}/feature/2/5/9"
    drawing = page.get_by_test_id("drawing")
    expect(page.get_by_test_id("sized-by")).to_have_value("flow")
    expect(page.get_by_test_id("scroll-bar")).to_have_count(0)
    expect(drawing).to_have_attribute("data-target", first)
    expect(drawing).to_have_attribute("aria-label", re.compile("target is Springfield, 34"))
    page.wait_for_function(
        "([a, b]) => __scene.screenPosition(a).r > __scene.screenPosition(b).r", arg=[early, late]
    )

    page.get_by_test_id("target-picker").select_option(second)
    expect(drawing).to_have_attribute("data-target", second)
    page.wait_for_function(
        "([a, b]) => __scene.screenPosition(a).r < __scene.screenPosition(b).r", arg=[early, late]
    )
    page.mouse.move(*(place(page, second)[axis] for axis in "xy"))
    expect(page.get_by_test_id("tooltip")).to_contain_text("the question’s target")
    page.mouse.move(*(place(page, first)[axis] for axis in "xy"))
    expect(page.get_by_test_id("tooltip")).not_to_contain_text("the question’s target")

    by_flow = radius(page, late)
    page.get_by_test_id("sized-by").select_option("influence")
    page.wait_for_function("([a, r]) => __scene.screenPosition(a).r < r", arg=[late, by_flow])


def test_the_pointer_marks_in_the_drawing_what_it_is_over(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, long_graph(tmp_path / "hover.json", n_tokens=6))
    drawing = page.get_by_test_id("drawing")
    address = page.url
    row(page, "early").hover()
    expect(drawing).to_have_attribute("data-hovered-nodes", "3")
    expect(drawing).to_have_attribute("data-lit-nodes", "0")
    page.get_by_test_id("shown").hover()
    expect(drawing).to_have_attribute("data-hovered-nodes", "0")

    at = place(page, f"{graph}/feature/0/2/7")
    inked = "() => document.querySelector('.drawing-hover').toDataURL().length"
    empty = page.evaluate(inked)
    page.mouse.move(at["x"], at["y"])
    expect(drawing).to_have_attribute("data-hovered-nodes", "1")
    assert page.evaluate(inked) > empty
    page.mouse.click(at["x"], at["y"])
    page.get_by_test_id("comes-from").get_by_role("button").first.hover()
    expect(drawing).to_have_attribute("data-hovered-nodes", "1")
    page.keyboard.press("Escape")  # the list that the pointer is over goes
    expect(drawing).to_have_attribute("data-hovered-nodes", "0")
    expect(page).to_have_url(address)


PIXELS = """
([names, colour]) => {
    const [red, green, blue] = colour.match(/\\d+/g).map(Number);
    let count = 0;
    for (const name of names) {
        const canvas = document.querySelector(`.drawing-${name}`);
        const copy = document.createElement("canvas"); // Chromium warns of a canvas that is read more than once
        [copy.width, copy.height] = [canvas.width, canvas.height];
        const context = copy.getContext("2d", { willReadFrequently: true });
        context.drawImage(canvas, 0, 0);
        const { data } = context.getImageData(0, 0, copy.width, copy.height);
        for (let at = 0; at < data.length; at += 4) {
            const off = [red, green, blue].map((value, channel) => Math.abs(value - data[at + channel]));
            if (data[at + 3] > 128 && Math.max(...off) < 4) count++;
        }
    }
    return count;
}
"""
CSS_COLOUR = """
name => {
    const probe = document.body.appendChild(document.createElement("span"));
    probe.style.color = `var(${name})`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_green_means_selected_and_the_legend_has_the_drawings_colours(
    page: Page, site: str, tmp_path: Path, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    graph = import_graph(page, site, long_graph(tmp_path / "green.json", n_tokens=6))
    accent = page.evaluate(CSS_COLOUR, "--accent")
    row(page, "late").click()
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-nodes", "3")
    painted(page)
    assert page.evaluate(PIXELS, [["selection", "nodes", "hover", "front"], accent]) == 0

    for sign in ("excites", "inhibits"):
        swatch = page.locator(f".legend .swatch.{sign}")
        colour = swatch.evaluate("element => getComputedStyle(element).backgroundColor")
        assert page.evaluate(PIXELS, [["selection"], colour]) > 20, sign

    page.mouse.click(*(place(page, f"{graph}/feature/2/5/9")[axis] for axis in "xy"))
    expect(page.get_by_test_id("node-detail")).to_be_visible()
    painted(page)
    assert page.evaluate(PIXELS, [["front"], accent]) > 20


def test_pieces_of_a_character_are_told_apart(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "pieces.json"
    nodes = [
        *(embedding(at) for at in range(5)),
        feature_node(0, 7, 3, activation=1.0),
        logit(5, 500, 4, " Italy", 0.9),
    ]
    links = [link(f"E_{100 + at}_{at}", "0_7_3", at) for at in (1, 2, 3)] + [link("0_7_3", "5_500_4", 2.0)]
    tokens = metadata(["<bos>", "�", "�", "�", " is"], "<bos>東 is")
    file.write_text(json.dumps({"metadata": tokens, "nodes": nodes, "links": links}))
    graph = import_graph(page, site, file)
    page.get_by_test_id("mode-single").click()
    expect(page.get_by_test_id("path-row")).to_have_count(3)
    rows = [text_of(one) for one in page.get_by_test_id("path-row").all()]
    assert [text.split("→")[0].strip() for text in rows] == ["東 3/3", "東 2/3", "東 1/3"], rows
    page.mouse.click(*(place(page, f"{graph}/embedding/-1/2/102")[axis] for axis in "xy"))
    expect(page.get_by_test_id("node-detail")).to_contain_text("東 2/3")
