"""The HTTP application: `create_app` over an explorer. Its routes are in `api.http.routes`."""

from importlib.metadata import version

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from api.explorer import Explorer
from api.http import bodies, docs, errors, guard, metrics, page
from api.http.routes import (
    annotation,
    compare,
    cypher,
    exports,
    graphs,
    internals,
    interventions,
    jobs,
    library,
    paths,
    server,
    views,
)
from api.http.routes.across import features, search

DESCRIPTION = """Attribution graphs in a graph database: submit prompts, import graphs, rank their paths.

Every error is `{"error", "detail"}`: the fact's name and a sentence for people. A server that was started with a
token answers 401 to requests without `Authorization: Bearer TOKEN` or the session that `POST /api/session` opens."""

ROUTERS = (
    *(server, search, jobs, *library.MODULES, graphs, views, exports, paths, compare),
    *(interventions, *internals.MODULES, features, annotation, cypher),
)
"""Each with a `router` of its own, whose routes the errors look at; in the order of the OpenAPI document."""

COMPRESSED_FROM = 4096
"""Bytes of the smallest answer that is compressed. Streams of events never are."""
COMPRESSION_LEVEL = 1
"""gzip's level. Most of an answer is digits of random-looking numbers: level 6 saves 8 % and takes 7 times as long."""


def _operation_id(route: APIRoute) -> str:
    return route.name


def create_app(explorer: Explorer) -> FastAPI:
    """The application over an open `explorer`, which the caller closes."""
    app = FastAPI(
        title="Circuit Explorer",
        version=version("circuit-explorer"),
        description=DESCRIPTION,
        responses=errors.documented(),
        docs_url=None,  # swagger's comes from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
    )
    app.state.explorer = explorer
    docs.install(app)
    metrics.install(app, explorer)
    known = [*app.routes, *(route for routes in ROUTERS for route in routes.router.routes)]
    errors.install(app, [route for route in known if isinstance(route, Route)])
    app.add_middleware(metrics.RouteNoted)
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM, compresslevel=COMPRESSION_LEVEL)
    app.add_middleware(bodies.Bodies)
    app.add_middleware(guard.Guard, hosts=explorer.hosts, token=explorer.token, framers=explorer.framers)
    app.add_middleware(metrics.Timed)
    for routes in ROUTERS:
        app.include_router(routes.router)
    page.install(app)
    return app
