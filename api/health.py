"""`python -m api.health URL`: whether a server answers there, as its exit status. Containers' health checks run it.

It gives the token that the environment holds, and loads nothing that takes time.
"""

import sys
import urllib.request
from urllib.error import URLError

from api.token import ApiToken

SECONDS = 4.0
"""For the whole answer: less than health checks wait."""


def main(url: str) -> None:
    """Exit with a sentence where the URL does not answer, or answers with an error."""
    token = ApiToken.from_environment()
    request = urllib.request.Request(url, headers=token.header if token else {})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):
            return
    except (URLError, OSError) as error:
        sys.exit(f"{url} does not answer: {error}")


if __name__ == "__main__":
    main(sys.argv[1])
