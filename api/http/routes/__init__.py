"""The routes of the API: a router for each subject. A route reads a request, asks the explorer and returns an answer.

A further subject is a module here, a module beside it in `api.http.answers`, and an entry in `api.http.app.ROUTERS`.
"""
