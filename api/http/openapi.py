"""The committed OpenAPI document: `python -m api.http.openapi` writes it, a test fails where it has drifted."""

import json
from pathlib import Path
from typing import cast

from api.explorer import Explorer
from api.http.app import create_app

PATH = Path(__file__).parents[1] / "openapi.json"


class _NoExplorer:
    """Stands for an explorer: no route is called when the routes are described."""

    hosts: tuple[str, ...] = ()
    token = None
    framers: tuple[str, ...] = ()


def document() -> str:
    app = create_app(cast(Explorer, _NoExplorer()))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
