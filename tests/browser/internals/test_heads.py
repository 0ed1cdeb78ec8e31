"""The Heads tab: the map with its ranking, the scatter, the Sankey and the space, each by pointer and by keyboard."""

import base64
import json
import math
import re
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from api.client.client import Client
from tests.browser.internals.conftest import Computed
from tests.browser.reading import expect_accessible, text_of
from tests.browser.test_small_screens import expect_no_overflow

pytestmark = pytest.mark.slow

VIEWS = ("map", "scatter", "sankey", "space")


def internals(computed: Computed) -> dict[str, Any]:
    with Client(computed.site, None) as client:
        answer: dict[str, Any] = client.get(f"/api/graphs/{computed.dallas}/internals").json()
    return answer


def numbers_of(given: dict[str, Any]) -> npt.NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(given["data"]), "<f4").reshape(given["shape"])


def written(values: npt.NDArray[np.float32]) -> dict[str, Any]:
    data = base64.b64encode(values.astype("<f4").tobytes()).decode()
    return {"shape": list(values.shape), "dtype": "float32", "scale": 1.0, "data": data}


def by_size(values: npt.NDArray[np.float32]) -> list[str]:
    order = np.argsort(-np.abs(values), axis=None, kind="stable")
    return [f"L{at // values.shape[1]}H{at % values.shape[1]}" for at in order.tolist()]


def open_view(page: Page, computed: Computed, view: str, more: str = "") -> Locator:
    page.goto(f"{computed.graph}?tab=heads&as={view}{more}")
    shown = page.get_by_test_id(f"heads-{view}")
    expect(shown).to_be_visible()
    return shown


def expect_selected(page: Page, layer: int, head: int) -> None:
    expect(page).to_have_url(re.compile(rf"sel=head:{layer}\.{head}(&|$)"))
    expect(page.get_by_test_id("details")).to_contain_text(f"Head L{layer}H{head}")


def test_the_map_ranks_heads_and_what_was_measured_stands_beside_the_estimate(
    page: Page, computed: Computed
) -> None:
    maps = {name: numbers_of(each) for name, each in internals(computed)["maps"].items()}
    shown = open_view(page, computed, "map")
    rows = shown.get_by_test_id("ranked-head")
    assert rows.evaluate_all("all => all.map(row => row.dataset.head)") == by_size(maps["attribution"])
    expect(shown.get_by_test_id("map-beside")).to_contain_text("no substitute")
    together = np.corrcoef(maps["attribution"].ravel(), maps["ablation"].ravel())[0, 1]
    expect(shown.get_by_test_id("map-beside")).to_contain_text(f"correlation is {together:.2f}")
    first = by_size(maps["attribution"])[0]
    layer, head = int(first[1]), int(first[3])
    figures = [float(maps[name][layer, head]) for name in ("attribution", "ablation")]
    said = text_of(rows.first).replace("−", "-")
    assert [round(float(each), 2) for each in re.findall(r"-?\d+\.\d+", said)] == [
        round(each, 2) for each in figures
    ]

    rows.first.click()
    expect_selected(page, layer, head)
    expect(rows.first).to_have_attribute("aria-pressed", "true")
    shown.get_by_test_id("map-choice").select_option("entropy")
    expect(rows.first).to_have_attribute("data-head", by_size(maps["entropy"])[0])
    expect(shown.get_by_test_id("map-beside")).to_have_count(0)
    shown.get_by_test_id("without-first").check()
    without = numbers_of(internals(computed)["maps_without_first"]["entropy"])
    expect(rows.first).to_have_attribute("data-head", by_size(without)[0])
    expect(page).to_have_url(re.compile("first=without.*map=entropy"))


def test_a_cell_of_the_map_selects_its_head_by_pointer_and_by_keys(page: Page, computed: Computed) -> None:
    shown = open_view(page, computed, "map")
    plot = shown.get_by_test_id("head-map-plot")
    box = plot.bounding_box()
    assert box
    plot.click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.1})
    expect_selected(page, 0, 2)
    plot.press("ArrowDown")
    expect_selected(page, 1, 2)
    plot.press("ArrowLeft")
    expect_selected(page, 1, 1)
    page.go_back()
    expect_selected(page, 1, 2)


def test_the_scatter_names_heads_and_says_how_far_two_figures_go_together(
    page: Page, computed: Computed
) -> None:
    maps = {name: numbers_of(each).ravel() for name, each in internals(computed)["maps"].items()}
    shown = open_view(page, computed, "scatter", "&map=induction&across=entropy")
    picture = shown.get_by_test_id("scatter-picture")
    expect(picture).to_have_attribute("data-points", "16")
    expect(picture).to_contain_text("entropy (nats)")
    expect(shown.get_by_test_id("scatter-name").filter(has_text="L2H2")).to_be_visible()
    r = np.corrcoef(maps["induction"], maps["entropy"])[0, 1]
    expect(shown.get_by_test_id("scatter-correlation")).to_contain_text(f"r = {r:.2f} (Pearson)")

    picture.focus()
    order = np.argsort(maps["entropy"], kind="stable").tolist()
    for _ in range(3):
        picture.press("ArrowRight")
    expect(shown.get_by_test_id("scatter-told")).to_contain_text(f"L{order[2] // 4}H{order[2] % 4}: ")
    picture.press("Enter")
    expect_selected(page, order[2] // 4, order[2] % 4)
    shown.get_by_role("button", name="Exchange the axes").click()
    expect(page).to_have_url(re.compile("map=entropy&across=induction"))
    shown.get_by_test_id("scatter-x").select_option("direct_logit")
    expect(picture).to_contain_text("(logits)")


def test_what_enters_a_node_of_the_sankey_leaves_it(page: Page, computed: Computed) -> None:
    sankey = internals(computed)["sankey"]
    shown = open_view(page, computed, "sankey")
    nodes, links = shown.get_by_test_id("sankey-node"), shown.get_by_test_id("sankey-link")
    expect(nodes).to_have_count(len(sankey["nodes"]))
    expect(links).to_have_count(len(sankey["links"]))
    widths = [
        float(each)
        for each in links.evaluate_all("all => all.map(link => link.getAttribute('stroke-width'))")
    ]
    heights = nodes.evaluate_all(
        "all => all.map(node => Number(node.querySelector('.token-flow-bar').getAttribute('height')))"
    )
    wide = [width > 0.6 for width in widths]  # thinner ones are drawn so that they are seen
    for at, node in enumerate(sankey["nodes"]):
        for end in ("source", "target"):
            own = [number for number, link in enumerate(sankey["links"]) if link[end] == at]
            if own:
                thin = 0.6 * sum(not wide[number] for number in own)
                assert sum(widths[number] for number in own) == pytest.approx(heights[at], abs=thin + 1e-3), (
                    node
                )

    names = shown.get_by_test_id("sankey-name").all_text_contents()
    place, node = next((at, each) for at, each in enumerate(sankey["nodes"]) if each["layer"] == 2)
    assert names[place] == f"L2H{node['head']}"
    nodes.nth(place).click()
    expect_selected(page, 2, node["head"])


def test_the_sankey_is_walked_by_keys_and_points_at_tokens(page: Page, computed: Computed) -> None:
    sankey = internals(computed)["sankey"]
    shown = open_view(page, computed, "sankey")
    nodes = shown.get_by_test_id("sankey-node")
    dallas = next(at for at, each in enumerate(sankey["nodes"]) if each["position"] == 9)
    nodes.nth(dallas).focus()
    expect(shown.get_by_test_id("sankey-told")).to_contain_text("Dallas (9): for")
    expect(shown.get_by_test_id("head-tip")).to_contain_text("Dallas (9)")
    expect(nodes.nth(dallas)).to_have_class(re.compile("is-pointed"))
    nodes.nth(dallas).press("Enter")
    nodes.nth(dallas).blur()
    expect(shown.get_by_test_id("head-tip")).to_have_count(0)
    expect(nodes.nth(dallas)).to_have_class(re.compile("is-pointed"))
    nodes.nth(dallas).focus()
    widest = max(
        (each for each in sankey["links"] if each["source"] == dallas), key=lambda each: each["value"]
    )
    nodes.nth(dallas).press("ArrowRight")
    expect(nodes.nth(widest["target"])).to_be_focused()
    nodes.nth(widest["target"]).press("Enter")
    reached = sankey["nodes"][widest["target"]]
    expect_selected(page, reached["layer"], reached["head"])


def angle(canvas: Locator, name: str) -> float:
    return float(canvas.get_attribute(f"data-{name}") or math.nan)


def test_the_space_is_turned_and_made_larger(page: Page, computed: Computed) -> None:
    shown = open_view(page, computed, "space")
    canvas = shown.get_by_test_id("space-canvas")
    expect(canvas).to_have_attribute("data-nodes", "16")
    expect(canvas).to_have_attribute("data-edges", "50")
    with Client(computed.site, None) as client:
        path = f"/api/graphs/{computed.dallas}/internals/head-edges?limit=200"
        n_edges = len(client.get(path).json()["edges"])
    shown.get_by_test_id("space-count").select_option(str(n_edges))
    expect(canvas).to_have_attribute("data-edges", str(n_edges))
    yaw, pitch, zoom = (angle(canvas, name) for name in ("yaw", "pitch", "zoom"))
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 50, steps=4)
    page.mouse.up()
    expect(canvas).not_to_have_attribute("data-yaw", f"{yaw:.3f}")
    assert angle(canvas, "yaw") > yaw and angle(canvas, "pitch") > pitch
    page.mouse.wheel(0, -200)
    expect(canvas).not_to_have_attribute("data-zoom", f"{zoom:.3f}")
    assert angle(canvas, "zoom") > zoom
    shown.get_by_test_id("space-back").click()
    expect(canvas).to_have_attribute("data-yaw", f"{yaw:.3f}")
    shown.get_by_test_id("space-head").first.press("ArrowRight")
    expect(canvas).not_to_have_attribute("data-yaw", f"{yaw:.3f}")


def test_heads_of_the_space_are_stops_of_the_tab_key_and_lead_to_their_edges(
    page: Page, computed: Computed
) -> None:
    ranked = by_size(numbers_of(internals(computed)["maps"]["attribution"]))
    shown = open_view(page, computed, "space")
    stops = shown.get_by_test_id("space-head")
    stops.first.focus()
    page.keyboard.press("Tab")
    expect(stops.nth(1)).to_be_focused()
    expect(stops.nth(1)).to_have_attribute("data-head", ranked[1])
    expect(shown.get_by_test_id("head-tip")).to_contain_text(ranked[1])
    page.keyboard.press("Enter")
    expect_selected(page, int(ranked[1][1]), int(ranked[1][3]))
    edges = shown.get_by_test_id("head-edges")
    own = edges.locator("tr.edge-list-own")
    expect(edges.locator("h3")).to_have_text(re.compile(rf"^\d+ of 50 edges with {ranked[1]}$"))
    assert own.count() == int(re.findall(r"^\d+", edges.locator("h3").inner_text())[0]) > 0
    for row in islice(own.all(), 3):
        assert ranked[1] in text_of(row)
        _, total, *parts = [
            float(cell.replace("−", "-")) for cell in ["0", *row.locator("td").all_inner_texts()]
        ]
        assert sum(parts) == pytest.approx(total, abs=2e-3)
    target = own.first.get_by_role("button").last
    name = target.inner_text()
    target.click()
    expect_selected(page, int(name[1]), int(name[3]))


def test_the_figures_leave_as_json_with_the_fields_that_notebooks_read(
    page: Page, computed: Computed
) -> None:
    open_view(page, computed, "map")
    with page.expect_download() as download:
        page.get_by_test_id("heads-file").click()
    said = json.loads(download.value.path().read_text())
    assert set(said) == {
        "target_token",
        "target_position",
        "input_tokens",
        "integrated_gradients",
        "head_attribution",
        "top_heads",
    }
    assert len(said["head_attribution"]) == 16


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_accessible_and_fits_a_small_screen(page: Page, computed: Computed, view: str) -> None:
    open_view(page, computed, view, "&sel=head:0.2")
    expect_accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    expect_no_overflow(page)
    expect_accessible(page)


def test_what_was_not_computed_says_so_and_is_offered(page: Page, computed: Computed) -> None:
    with Client(computed.site, None) as client:
        asked = {"verify": False, "parts": ["heads"]}
        job = client.post(f"/api/graphs/{computed.oakland}/internals", asked).json()
        *_, last = client.job_events(job["id"])
    assert last["state"] == "done", last
    page.goto(f"{computed.site}/graphs/{computed.oakland}?tab=heads&as=scatter")
    lacking = page.get_by_test_id("heads-lacking")
    expect(lacking).to_contain_text("The heads were not ablated")
    expect(page.get_by_test_id("heads-file")).to_have_count(0)
    page.get_by_test_id("scatter-x").select_option("direct_logit")
    expect(page.get_by_test_id("scatter-picture")).to_be_visible()
    assert page.get_by_test_id("scatter-x").locator("option[value=entropy]").is_disabled()
    page.goto(f"{computed.site}/graphs/{computed.oakland}?tab=heads&map=carried")
    expect(lacking).to_contain_text("loadings")
    lacking.get_by_role("button", name="Compute it").click()
    expect(page.get_by_test_id("compute")).to_be_visible()


@pytest.mark.parametrize(("n_layers", "n_heads"), [(26, 8), (32, 32)])
def test_models_of_many_heads_have_every_view(
    page: Page, computed: Computed, n_layers: int, n_heads: int
) -> None:
    """No such model is at hand, so the answer's maps are made larger on their way to the page."""
    random = np.random.default_rng(0)

    def larger(route: Route) -> None:
        answer = route.fetch()
        said = answer.json() | {"n_layers": n_layers, "n_heads": n_heads}
        for maps in (said["maps"], said["maps_without_first"]):
            for name in maps:
                maps[name] = written(random.standard_normal((n_layers, n_heads), dtype=np.float32))
        route.fulfill(response=answer, json=said)

    page.route(f"**/api/graphs/{computed.dallas}/internals", larger)
    shown = open_view(page, computed, "map")
    expect(shown.get_by_test_id("ranked-head")).to_have_count(16)
    shown.get_by_test_id("ranking-more").click()
    expect(shown.get_by_test_id("ranked-head")).to_have_count(n_layers * n_heads)
    expect(open_view(page, computed, "scatter").get_by_test_id("scatter-picture")).to_have_attribute(
        "data-points", str(n_layers * n_heads)
    )
    canvas = open_view(page, computed, "space").get_by_test_id("space-canvas")
    expect(canvas).to_have_attribute("data-nodes", str(n_layers * n_heads))
    expect_accessible(page)
