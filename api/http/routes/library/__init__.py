"""The library: stored graphs by their prompts, in collections."""

from api.http.routes.library import collections, prompts

MODULES = (prompts, collections)
