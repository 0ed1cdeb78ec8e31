"""The internals of a graph's prompt: computed by a job, read as arrays, and a head in all graphs."""

from api.http.routes.internals import computing, heads, reading

MODULES = (computing, reading, heads)
