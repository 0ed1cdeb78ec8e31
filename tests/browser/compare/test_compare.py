"""Two graphs on the Compare page: chosen, told apart in tokens, answers, features and circuits, and opened."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import AWAY, REFUSED, expect_accessible, hold_requests, let_go, text_of
from tests.support.processes import serving, url

pytestmark = pytest.mark.slow


class Pair(NamedTuple):
    """The ids of two stored graphs, which share "capital" and a feature that they call otherwise."""

    dallas: str
    oakland: str


def write_state(
    path: Path, city: str, state: str, index: int, logits: dict[str, float], more: list[str], **metadata: Any
) -> Path:
    """A graph file of `city -> state -> Say -> the first logit`, `"state" -> Say` and `"state" -> capital` -> all
    logits, of which "capital" inhibits the first."""
    tokens = ["<bos>", *more, " state", f" {city}", " is"]
    last, capital = len(tokens) - 1, next(iter(logits))

    def feature(layer: int, number: int, at: int, label: str) -> dict[str, Any]:
        paired = (layer + number) * (layer + number + 1) // 2 + number
        node = {
            "feature_type": "per layer transcoder",
            "layer": str(layer),
            "feature": paired,
            "clerp": label,
        }
        return {"node_id": f"{layer}_{number}_{at}", "ctx_idx": at, "activation": 1.0} | node

    def embedding(at: int) -> dict[str, Any]:
        return {
            "node_id": f"E_{at}_{at}",
            "feature_type": "embedding",
            "layer": "E",
            "ctx_idx": at,
            "feature": -1,
        }

    of_state, of_capital, say = f"0_{index}_{last - 1}", f"1_5_{last}", f"2_7_{last}"
    nodes = [
        *(embedding(at) for at in range(len(tokens))),
        feature(0, index, last - 1, state),
        feature(1, 5, last, "capital"),
        feature(2, 7, last, f"Say ({capital})"),
        *(
            {
                "node_id": f"3_{at}_{last}",
                "feature_type": "logit",
                "layer": "3",
                "ctx_idx": last,
                "feature": at,
                "token_prob": chance,
                "is_target_logit": at == 0,
                "clerp": f'Output " {token}" (p={chance:.3f})',
            }
            for at, (token, chance) in enumerate(logits.items())
        ),
    ]
    links = [
        (f"E_{last - 1}_{last - 1}", of_state, 2.0),
        (f"E_{last - 2}_{last - 2}", of_capital, 1.0),
        ("E_0_0", of_capital, 0.5),
        (of_state, say, 2.0),
        (f"E_{last - 2}_{last - 2}", say, 1.0),
        (of_state, f"3_0_{last}", 1.0),
        (say, f"3_0_{last}", 2.0),
        *((of_capital, f"3_{at}_{last}", -1.0 if at == 0 else 1.0) for at in range(len(logits))),
    ]
    about = {"slug": city, "scan": "tiny", "prompt": "".join(tokens), "prompt_tokens": tokens} | metadata
    named = [{"source": source, "target": target, "weight": weight} for source, target, weight in links]
    path.write_text(json.dumps({"metadata": about, "nodes": nodes, "links": named}))
    return path


def stored(site: str, file: Path) -> str:
    answer = requests.post(f"{site}/api/graphs/import", data=file.read_bytes())
    assert answer.ok, answer.text
    return str(answer.json()["id"])


def store_pair(site: str, folder: Path) -> Pair:
    dallas = write_state(folder / "a.json", "Dallas", "Texas", 2, {"Austin": 0.6, "Fort": 0.2}, [])
    oakland = write_state(folder / "b.json", "Oakland", "California", 3, {"Sacramento": 0.5}, [" the"])
    return Pair(stored(site, dallas), stored(site, oakland))


@pytest.fixture
def pair(site: str, tmp_path: Path) -> Pair:
    return store_pair(site, tmp_path)


def rows(page: Page, band: str) -> Locator:
    return page.get_by_test_id(f"answers-rows-{band}").get_by_test_id("sequence-row")


def steps(page: Page, band: str) -> list[str]:
    return [text_of(row.locator(".sequence-row-steps")) for row in rows(page, band).all()]


def expect_no_overflow(page: Page) -> None:
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 800})


def test_two_graphs_are_chosen_and_told_apart(page: Page, site: str, pair: Pair) -> None:
    page.goto(f"{site}/compare")
    search = page.get_by_test_id("picker-search")
    found = page.get_by_test_id("picker-found").get_by_role("link")
    search.fill("DALLAS state")
    expect(found).to_have_count(1)
    expect_accessible(page)
    expect_no_overflow(page)
    found.click()
    page.wait_for_url(f"**/compare?a={pair.dallas}")
    expect(page.get_by_test_id("side-a")).to_contain_text("state Dallas is")
    expect(search).to_have_value("")

    nearest = page.get_by_test_id("nearest").get_by_role("link")
    expect(nearest).to_have_count(1)
    assert text_of(nearest) == "the state Oakland is 2 features shared"
    expect_accessible(page)
    expect_no_overflow(page)
    nearest.click()
    page.wait_for_url(f"**/compare?a={pair.dallas}&b={pair.oakland}")

    expect(page.get_by_test_id("tokens-a").locator("td")).to_have_text(
        ["‹bos›", "no token", "state", "Dallas (differs)", "is"]
    )
    expect(page.get_by_test_id("tokens-b").locator("td")).to_have_text(
        ["‹bos›", "the (differs)", "state", "Oakland (differs)", "is"]
    )
    expect(page.get_by_test_id("compared")).to_have_attribute("data-by", "label")
    assert steps(page, "a") == ["Texas → Say (Austin)", "Texas", "Say (Austin)"]
    assert steps(page, "both") == ["capital"]
    assert steps(page, "b") == ["California → Say (Sacramento)", "California", "Say (Sacramento)"]
    # Capital lowers both targets, and lowers them only.
    both = rows(page, "both").get_by_test_id(re.compile("measure-"))
    expect(both).to_have_count(2)
    for side in range(2):
        expect(both.nth(side).locator(".measure-against")).to_have_text("−1.50 logits")
        assert both.nth(side).get_attribute("title", timeout=1000) is not None

    page.get_by_role("button", name="Feature").click()
    page.wait_for_url("**&by=feature")
    expect(page.get_by_test_id("compared")).to_have_attribute("data-by", "feature")
    assert steps(page, "a") == ["Texas L0 #2 → Say (Austin) L2 #7", "Texas L0 #2"]
    assert sorted(steps(page, "both")) == ["Say (Austin) L2 #7", "capital L1 #5"]
    for band, features in (("a", ["0/2"]), ("both", ["2/7", "1/5"]), ("b", ["0/3"])):
        listed = page.get_by_test_id(f"features-{band}").get_by_test_id("feature-row")
        assert sorted(row.get_attribute("data-feature") or "" for row in listed.all()) == sorted(features)
    expect(page.get_by_test_id("circuits-both")).to_contain_text("Austin / Sacramento")
    expect(page.get_by_test_id("circuits-both")).to_contain_text("L2 #7 Say (Austin)")
    expect(page.get_by_test_id("circuits-a")).to_contain_text("Dallas")
    expect(page.get_by_test_id("circuit-drawing")).to_be_visible()
    expect_accessible(page)
    expect_no_overflow(page)
    page.emulate_media(color_scheme="dark")
    expect_accessible(page)

    page.get_by_test_id("swap").click()
    page.wait_for_url(f"**/compare?a={pair.oakland}&b={pair.dallas}&by=feature")
    expect(page.get_by_test_id("side-a")).to_contain_text("Oakland")
    expect(rows(page, "b").first).to_contain_text("Texas")
    assert steps(page, "b") == ["Texas L0 #2 → Say (Austin) L2 #7", "Texas L0 #2"]
    page.go_back()
    expect(page.get_by_test_id("side-a")).to_contain_text("Dallas")
    page.reload()
    expect(page.get_by_test_id("compared")).to_have_attribute("data-by", "feature")
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.get_by_role("heading", name="Compare two graphs")).to_be_visible()
    assert page.url == f"{site}/compare"


def test_each_side_has_its_target_in_the_address(page: Page, site: str, pair: Pair) -> None:
    page.goto(f"{site}/compare?a={pair.dallas}&b={pair.oakland}")
    target = page.get_by_test_id("target-a")
    expect(target.locator("option")).to_have_text(["Austin 60.0 %", "Fort 20.0 %"])
    expect(rows(page, "a")).to_have_count(3)
    target.select_option(label="Fort 20.0 %")
    page.wait_for_url("**&ta=logit/3/**")
    # Only capital leads to Fort, and raises it, while it lowers Sacramento.
    expect(rows(page, "a")).to_have_count(0)
    both = rows(page, "both")
    expect(both).to_have_count(1)
    expect(both.get_by_test_id("measure-a").locator(".measure-for")).to_have_text("+1.50 logits")
    expect(both.get_by_test_id("measure-b").locator(".measure-against")).to_have_text("−1.50 logits")
    page.reload()
    expect(page.get_by_test_id("summary")).to_contain_text("Fort")
    expect(target).to_have_value(re.compile("logit/3/"))

    both.get_by_test_id("measure-a").click()
    page.wait_for_url(f"**/graphs/{pair.dallas}?t=logit/3/**")
    expect(page.locator("[data-testid=path-row][data-lit=true]")).to_contain_text("capital")
    expect(page.locator("[data-testid=path-row][data-lit=true]")).to_contain_text("Fort")
    expect(page.get_by_test_id("left-out")).to_have_count(0)

    # From a graph the target goes along.
    page.get_by_test_id("compare-with").click()
    page.wait_for_url(f"**/compare?a={pair.dallas}&ta=logit/3/**")
    page.get_by_test_id("nearest").get_by_role("link").first.click()
    page.wait_for_url(f"**&b={pair.oakland}&ta=logit/3/**")
    expect(page.get_by_test_id("summary")).to_contain_text("Fort")

    page.goto(f"{site}/compare?a={pair.dallas}&b={pair.oakland}")
    row = page.get_by_test_id("features-both").get_by_test_id("feature-row").first
    row.get_by_test_id("measure-b").click()
    page.wait_for_url(re.compile(f"/graphs/{pair.oakland}.*sel=feature/"))
    expect(page.get_by_test_id("node-detail")).to_be_visible()


def test_what_only_one_names_so_is_found_by_its_features(page: Page, site: str, pair: Pair) -> None:
    page.goto(f"{site}/compare?a={pair.dallas}&b={pair.oakland}&by=label")
    expect(rows(page, "a")).to_have_count(3)
    # Texas is in A alone, whatever it is called.
    expect(page.get_by_test_id("elsewhere")).to_have_text(
        ["Its feature is in B too, as “Say (Sacramento)”", "Its feature is in A too, as “Say (Austin)”"]
    )
    box = page.get_by_label("Without paths from ‹bos›")
    box.check()
    page.wait_for_url("**&bos=hide")
    expect(page.get_by_test_id("choices")).to_contain_text("in A,")
    lowering = rows(page, "both").get_by_test_id("measure-a").locator(".measure-against")
    expect(lowering).to_have_text("−1.00 logits")
    page.get_by_role("button", name="differs most").click()
    page.wait_for_url("**&order=differing")
    expect(rows(page, "both")).to_have_count(1)


def test_what_cannot_be_compared_is_said(
    page: Page, site: str, pair: Pair, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += [REFUSED]
    page.goto(f"{site}/compare?a={pair.dallas}&b={pair.dallas}")
    same = page.get_by_test_id("same-graph")
    expect(same).to_contain_text("the same graph")
    expect_accessible(page)
    same.get_by_role("link", name="B: why Fort").click()
    page.wait_for_url("**&tb=logit/3/**")
    expect(rows(page, "both")).to_have_count(1)
    expect(rows(page, "a")).to_have_count(3)

    page.goto(f"{site}/compare?a={pair.dallas}&b=nowhere")
    expect(page.get_by_test_id("side-b")).to_contain_text("There is no graph nowhere")
    expect(page.locator("main")).to_contain_text("Graph B is not here.")
    expect(page.get_by_test_id("nearest").get_by_role("link")).to_have_count(1)
    expect_accessible(page)

    logits = {"Austin": 0.6}
    file = write_state(tmp_path / "c.json", "Houston", "Texas", 9, logits, [], scan="another-model")
    other = stored(site, file)
    page.goto(f"{site}/compare?a={pair.dallas}&b={other}&by=feature")
    expect(page.get_by_test_id("incomparable")).to_contain_text("A is of the model tiny, B of another-model")
    expect(page.get_by_role("button", name="Feature")).to_be_disabled()
    expect(rows(page, "both")).to_have_count(4)  # all, by what they are called
    expect(page.get_by_test_id("features")).to_have_count(0)
    expect_accessible(page)
    requests.delete(f"{site}/api/graphs/{other}")

    page.goto(f"{site}/compare?a={pair.dallas}&b={pair.oakland}&ta=logit/3/9/9")
    expect(page.get_by_test_id("error-banner")).to_contain_text("names no node of this graph")
    page.get_by_role("link", name="Ask about the most probable predictions").click()
    expect(rows(page, "a")).to_have_count(3)


def test_the_server_goes_and_comes_back(page: Page, tmp_path: Path, expected_messages: list[str]) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        address = url(data)
        pair = store_pair(address, tmp_path)
        held = hold_requests(page, "**/api/compare?*")
        page.goto(f"{address}/compare?a={pair.dallas}&b={pair.oakland}")
        expect(page.get_by_role("status", name="The graphs are being compared")).to_be_visible()
        let_go(page, held)
        expect(rows(page, "a")).to_have_count(3)
        page.unroute("**/api/compare?*")
    page.get_by_role("button", name="Feature").click()
    expect(page.get_by_test_id("error-banner").first).to_contain_text("The server does not answer")
    expect(rows(page, "a")).to_have_count(3)  # what was answered before stays
    with serving(data, "--no-examples", "--port", str(urlsplit(address).port)):
        expect(page.get_by_test_id("compared")).to_have_attribute("data-by", "feature")
        expect(page.get_by_test_id("error-banner")).to_have_count(0)
        page.goto("about:blank")
