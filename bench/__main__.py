"""`python -m bench [NAME…]`: all measurements, or the named ones."""

import sys
from importlib import import_module

NAMES = (
    "serving",
    "memory",
    "opening",
    "ingest",
    "store",
    "loads",
    "scale",
    "ranking",
    "pruning",
    "groups",
    "internals",
    "large_file",
    "page",
    "library",
)


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"bench: there is no {', '.join(unknown)}; there are {', '.join(NAMES)}")
    for name in names or NAMES:
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
