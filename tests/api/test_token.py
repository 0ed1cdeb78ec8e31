"""A server with a token: who is answered, and what the command line and a browser send."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests
from fastapi.testclient import TestClient

from api.client.places import Address, Places
from api.http.app import create_app
from api.server import open_explorer
from api.token import COOKIE, SESSION_SECONDS, VARIABLE, ApiToken
from queries.errors import InvalidRequest
from tests.support.api import problem
from tests.support.processes import run, sentence, serving, url

SECRET = "open-sesame"
BEARER = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    places = Places(tmp_path_factory.mktemp("data"))
    with open_explorer(places, run_jobs=False, token=ApiToken(SECRET)) as explorer:
        yield TestClient(create_app(explorer), base_url="http://127.0.0.1")


@pytest.fixture
def client(app: TestClient) -> TestClient:
    app.cookies.clear()
    return app


@pytest.mark.parametrize(
    "path",
    ["/api/health", "/api/graphs", "/api/jobs/none/events", "/api/openapi.json", "/api/docs", "/api/nothing"],
)
def test_nothing_of_the_api_is_answered_without_the_token(client: TestClient, path: str) -> None:
    refused = client.get(path)
    assert "token" in problem(refused, 401, "Unauthorized")
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert client.get(path, headers=BEARER).status_code != 401


def test_what_changes_things_is_refused_too(client: TestClient) -> None:
    for method, path in (("POST", "/api/jobs"), ("POST", "/api/graphs/import"), ("DELETE", "/api/graphs/x")):
        problem(client.request(method, path), 401, "Unauthorized")


def test_the_page_is_served_without_it(client: TestClient) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/graphs/any").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        SECRET,
        "Bearer",
        "Bearer ",
        f"Bearer {SECRET}x",
        f"Bearer {SECRET[:-1]}",
        f"Basic {SECRET}",
        "Bearer é",
    ],
)
def test_only_the_token_itself_is_taken(client: TestClient, authorization: str) -> None:
    headers = {b"Authorization": authorization.encode("latin-1")}
    problem(client.get("/api/health", headers=headers), 401, "Unauthorized")


def test_a_host_header_cannot_hide_the_path(client: TestClient) -> None:
    disguised = client.get("/api/graphs", headers={"Host": "127.0.0.1:80/page?"})
    assert disguised.status_code in (401, 403)


def test_a_browser_tells_it_once(client: TestClient) -> None:
    opened = client.post("/api/session", json={"token": SECRET})
    assert (opened.status_code, opened.content) == (204, b"")
    said = opened.headers["Set-Cookie"]
    assert SECRET not in said
    attributes = {part.strip().lower() for part in said.split(";")[1:]}
    assert attributes >= {"httponly", "samesite=strict", "path=/api", f"max-age={SESSION_SECONDS}"}
    assert "secure" not in attributes, "it came over plain http"
    assert client.get("/api/graphs").status_code == 200


def test_over_https_the_cookie_stays_there(client: TestClient) -> None:
    opened = client.post("https://127.0.0.1/api/session", json={"token": SECRET})
    assert "secure" in opened.headers["Set-Cookie"].lower()


def test_a_wrong_token_opens_nothing(client: TestClient) -> None:
    refused = client.post("/api/session", json={"token": "guess"})
    problem(refused, 401, "Unauthorized")
    assert "Set-Cookie" not in refused.headers
    problem(client.post("/api/session", json={}), 422, "InvalidRequest")


@pytest.mark.parametrize("session", ["", ".", "x.y", f"9999999999.{'0' * 64}", SECRET, "9999999999.é"])
def test_a_session_cannot_be_made_up(client: TestClient, session: str) -> None:
    cookie = f"{COOKIE}={session}".encode("latin-1")
    problem(client.get("/api/graphs", headers={b"Cookie": cookie}), 401, "Unauthorized")


def test_a_session_is_one_token_s_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    token, session = ApiToken(SECRET), ApiToken(SECRET).open_session()
    assert token.admits(None, session)
    assert not ApiToken("another").admits(None, session)
    later, _, proof = session.partition(".")
    assert not token.admits(None, f"{int(later) + 1}.{proof}"), "its end is proved too"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + SESSION_SECONDS + 1)
    assert not token.admits(None, session)


def test_foreign_pages_are_refused_before_the_token_is_looked_at(client: TestClient) -> None:
    foreign = {"Origin": "http://evil.example"}
    problem(client.post("/api/session", json={"token": SECRET}, headers=foreign), 403, "ForbiddenOrigin")


def test_without_a_token_a_session_is_not_needed(tmp_path: Path) -> None:
    with open_explorer(Places(tmp_path), run_jobs=False) as explorer:
        client = TestClient(create_app(explorer), base_url="http://127.0.0.1")
        opened = client.post("/api/session", json={"token": "any"})
        assert (opened.status_code, "Set-Cookie" in opened.headers) == (204, False)
        assert client.get("/api/graphs").status_code == 200


@pytest.mark.parametrize("value", ["with space", "line\n", "gehéim"])
def test_a_token_that_no_header_can_carry_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(InvalidRequest) as raised:
        ApiToken.from_environment()
    assert raised.value.parameter == VARIABLE


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert ApiToken.from_environment() is None


@pytest.mark.slow
def test_the_command_line_sends_the_variable_s_value(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-examples", token=SECRET):
        assert requests.get(f"{url(tmp_path)}/api/graphs").status_code == 401
        assert run("graphs", "--json", data=tmp_path, token=SECRET).out == '{"graphs":[],"next":null}\n'
        for wrong in (None, "guess"):
            said = sentence(run("graphs", data=tmp_path, token=wrong))
            assert VARIABLE in said and url(tmp_path) in said
        assert "already runs" in sentence(run("serve", "--port", "0", data=tmp_path, token=SECRET))


def test_a_command_without_a_server_needs_no_token(tmp_path: Path) -> None:
    assert run("graphs", "--json", data=tmp_path, token=SECRET).out == '{"graphs":[],"next":null}\n'


def test_a_dead_server_s_port_does_not_learn_it(tmp_path: Path) -> None:
    received: list[str | None] = []

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.append(self.headers["Authorization"])
            self.send_error(401)

        def log_message(self, *_: object) -> None:
            """Nothing is to be printed."""

    with HTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        Thread(target=stranger.serve_forever, daemon=True).start()
        left = Address(
            f"http://127.0.0.1:{stranger.server_port}", 2**22 + 1
        )  # above Linux's largest process id
        left.write(tmp_path)
        assert run("graphs", "--json", data=tmp_path, token=SECRET).out == '{"graphs":[],"next":null}\n'
        stranger.shutdown()
    assert received == [None]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "lab.example"])
def test_others_are_not_let_in_without_a_token(tmp_path: Path, host: str) -> None:
    said = sentence(run("serve", "--host", host, "--port", "0", data=tmp_path / "data"))
    assert VARIABLE in said and host in said
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
@pytest.mark.parametrize("host", ["localhost", "127.0.0.2"])
def test_this_machine_is_let_in_without_one(tmp_path: Path, host: str) -> None:
    with serving(tmp_path, "--no-examples", "--host", host):
        assert requests.get(f"{url(tmp_path)}/api/health").ok


@pytest.mark.slow
def test_every_address_is_listened_to_with_one(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-examples", "--host", "0.0.0.0", token=SECRET):
        assert requests.get(f"{url(tmp_path)}/api/health").status_code == 401
        assert requests.get(f"{url(tmp_path)}/api/health", headers=BEARER).ok
