"""The metrics of a worker, which is no server otherwise: `GET /metrics` on a port of its own, and nothing else."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import prometheus_client as prometheus

from api.http.guard import METRICS
from api.token import ApiToken

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SECONDS = 10.0
"""For which a connection may say nothing."""


@contextmanager
def serving_metrics(host: str, port: int, token: ApiToken | None) -> Iterator[int]:
    """Within it, the process's metrics are served to whoever gives the token. Its port; 0 picks a free one.

    Raises OSError where the port cannot be used.
    """
    server = make_server(host, port, _application(token), _Server, _Quiet)
    thread = Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _application(token: ApiToken | None) -> "WSGIApplication":
    answer_metrics: WSGIApplication = prometheus.make_wsgi_app(prometheus.REGISTRY)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        status = None
        if environ["PATH_INFO"] != METRICS:
            status = "404 Not Found"
        elif token is not None and not token.admits(environ.get("HTTP_AUTHORIZATION"), None):
            status = "401 Unauthorized"
        if status is None:
            return answer_metrics(environ, start_response)
        start_response(status, [("Content-Type", "text/plain"), ("WWW-Authenticate", "Bearer")])
        return [status.encode()]

    return application


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = SECONDS

    def log_message(self, format: str, *arguments: object) -> None:
        """Each look of Prometheus would be a line."""
