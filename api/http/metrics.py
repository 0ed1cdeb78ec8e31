"""`GET /metrics`, in Prometheus' own format by its own client: jobs, requests, errors, rankings.

It asks for the server's token as the API does, and is no part of the API's document, as the page is none. No label is
of a number without bound: routes are templates, errors and kinds are words of the program.
"""

import time
from collections.abc import Iterator

import prometheus_client as prometheus
from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.explorer import Explorer
from api.http.guard import METRICS
from api.http.waiting import CLIENT_GONE
from queries.errors import DatabaseUnavailable

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
REQUESTS = prometheus.Histogram(
    "circuit_explorer_http_request_seconds",
    "Seconds until the answer began, by the route's template (none: refused before any), method and status.",
    ["route", "method", "status"],
    buckets=SECONDS,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OTHER = "other"
"""A method that is none of these: a client may send any word."""
NONE = "none"
"""The route of a request that was refused before any was looked for."""
NOTED = "circuit_explorer.noted"
"""Where a request's scope holds what `RouteNoted` notes for `Timed`: the layers between them copy the scope."""


class Timed:
    """The outermost layer: counts every request, those that are refused too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        noted: dict[str, str] = {}
        begun, seconds, status = time.perf_counter(), None, CLIENT_GONE

        async def send_noting(message: Message) -> None:
            nonlocal seconds, status
            if message["type"] == "http.response.start":
                seconds, status = time.perf_counter() - begun, message["status"]
            await send(message)

        try:
            await self._app({**scope, NOTED: noted}, receive, send_noting)
        except Exception:
            status = 500  # the layer above answers
            raise
        finally:
            if seconds is None:
                seconds = time.perf_counter() - begun
            method = scope["method"] if scope["method"] in METHODS else OTHER
            REQUESTS.labels(noted.get("route", NONE), method, str(status)).observe(seconds)


class RouteNoted:
    """The innermost layer: notes the template of the route that a request took."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            path = getattr(scope.get("route"), "path", None)
            if NOTED in scope and path is not None:
                scope[NOTED]["route"] = path


class Now(Collector):
    """What is looked up when it is asked for."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer

    def collect(self) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily(
            "circuit_explorer_jobs", "Jobs in the job database.", labels=["state", "kind"]
        )
        up = 1
        try:
            for (state, kind), n in self._explorer.queue.counts().items():
                jobs.add_metric([state.value, kind], n)
        except DatabaseUnavailable:
            up = 0
        yield jobs
        yield GaugeMetricFamily(
            "circuit_explorer_job_database_up", "1 where the job database answers, else 0.", value=up
        )
        rankings = GaugeMetricFamily(
            "circuit_explorer_rankings",
            "Rankings that run and that wait for a thread, of stored graphs and of whole traces.",
            labels=["of", "state"],
        )
        for of, threads in (
            ("graphs", self._explorer.rankings),
            ("whole_traces", self._explorer.whole_traces),
        ):
            rankings.add_metric([of, "running"], threads.running)
            rankings.add_metric([of, "waiting"], threads.waiting)
        yield rankings


def install(app: FastAPI, explorer: Explorer) -> None:
    """Serve the metrics."""
    now = prometheus.CollectorRegistry()
    now.register(Now(explorer))

    @app.api_route(METRICS, methods=["GET", "HEAD"], include_in_schema=False)
    def metrics() -> Response:
        body = prometheus.generate_latest(now) + prometheus.generate_latest(prometheus.REGISTRY)
        return Response(body, headers={"Content-Type": prometheus.CONTENT_TYPE_LATEST})
