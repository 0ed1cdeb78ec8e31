"""Named collections of graphs: list, make, rename, delete, which graphs are in them, and what these share."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import Response

from api.http.answers.graphs import ChangedCollection, CollectionsAnswer, WrittenCollection
from api.http.errors import documented
from api.http.routes.served import Served, Storing, json_response
from api.http.waiting import ranked
from queries import errors
from queries.collected import SharedAnswer, SharedQuestion, shared
from queries.limits import Limits
from queries.store.collections.collections import CollectionRecord

router = APIRouter(tags=["collections"])

COLLECTION = "/api/collections/{collection}"


@router.get("/api/collections")
def list_collections(explorer: Served) -> CollectionsAnswer:
    """The collections, and how many graphs each has. `GET /api/graphs?collection=` lists these."""
    return CollectionsAnswer(collections=explorer.store.collections.all())


@router.get(COLLECTION, responses=documented(errors.CollectionNotFound))
def get_collection(explorer: Served, collection: str) -> CollectionRecord:
    """One collection."""
    return explorer.store.collections.one(collection)


@router.put(
    COLLECTION,
    responses=documented(
        errors.CollectionNotFound, errors.CollectionExists, errors.ReadOnlyDataSet, errors.StorageFull
    ),
)
def put_collection(
    explorer: Storing, collection: str, given: Annotated[WrittenCollection | None, Body()] = None
) -> CollectionRecord:
    """Make a collection where it is not there yet; with another `name`, rename it with all that is in it."""
    collections = explorer.store.collections
    if given is None or given.name is None:
        collections.make(collection)
        return collections.one(collection)
    collections.rename(collection, given.name)
    return collections.one(given.name)


@router.delete(
    COLLECTION,
    status_code=204,
    responses=documented(errors.CollectionNotFound, errors.ReadOnlyDataSet, errors.StorageFull),
)
def delete_collection(explorer: Storing, collection: str) -> None:
    """Delete a collection. Its graphs stay."""
    explorer.store.collections.delete(collection)


@router.post(
    f"{COLLECTION}/graphs",
    responses=documented(
        errors.CollectionNotFound, errors.GraphNotFound, errors.ReadOnlyDataSet, errors.StorageFull
    ),
)
def change_collection(explorer: Storing, collection: str, given: ChangedCollection) -> CollectionRecord:
    """Put graphs into a collection, which is made where it is new, and take others out: all of it or nothing."""
    return explorer.store.collections.change(collection, given.add, given.remove)


@router.get(
    f"{COLLECTION}/shared",
    response_model=SharedAnswer,
    responses=documented(errors.CollectionNotFound, errors.QueryTimeout, errors.ServerBusy),
)
async def get_shared(
    explorer: Served, collection: str, question: Annotated[SharedQuestion, Query()], request: Request
) -> Response:
    """The features, and the sequences of groups between a token and the prediction, that several of a collection's
    graphs have: in how many they are, and how much flows through them.

    The newest graphs are read, as many as can be in time: `graphs` says which.
    """

    def read(limits: Limits) -> Response:
        return json_response(shared(explorer.store, collection, question, limits))

    return await ranked(request, explorer.rankings, read)
