"""A feature's web page at Neuronpedia, the last resort: the feature stands in what the page hands to its own scripts.

The page's text is drawn by the browser, so there is nothing in it. The scripts `self.__next_f.push([1, "…"])` carry the
payload in pieces: lines of an id, a colon and JSON, in which the feature is the value of `initialNeuron`.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

PUSH = re.compile(r"self\.__next_f\.push\(\s*")
FEATURE = re.compile(r'"initialNeuron"\s*:\s*')


def read_page(html: str) -> Iterator[dict[str, Any]]:
    """The features that a page carries, in the shape of the API's; none where the page is another one by now."""
    payload = "".join(_pieces(html))
    for found in FEATURE.finditer(payload):
        value = _value(payload, found.end())
        if isinstance(value, str) and value.startswith("$"):  # it stands in a line of its own
            line = re.search(rf"(?m)^{re.escape(value.lstrip('$L'))}:", payload)
            value = _value(payload, line.end()) if line else None
        if isinstance(value, dict):
            yield _plain(value)


def _pieces(html: str) -> Iterator[str]:
    from bs4 import BeautifulSoup  # the last resort, and a tenth of a second of a server's start

    for script in BeautifulSoup(html, "html.parser").find_all("script"):
        text = script.get_text()
        for push in PUSH.finditer(text):
            pushed = _value(text, push.end())
            if isinstance(pushed, list) and len(pushed) > 1 and isinstance(pushed[1], str):
                yield pushed[1]


def _value(text: str, begin: int) -> Any:
    """The JSON value that begins there; None where there is none."""
    try:
        return json.JSONDecoder().raw_decode(text, begin)[0]
    except (ValueError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    """A value of the payload as the API would write it: `$D` begins a date, `$$` a text with a dollar."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str) and value.startswith("$"):
        if value.startswith("$$"):
            return value[1:]
        return value[2:] if value.startswith("$D") else None if value == "$undefined" else value
    return value
