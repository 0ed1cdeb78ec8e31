"""`make neo4j`: a Neo4j server in the foreground, kept in the data folder, until Ctrl-C."""

import signal
import sys
from contextlib import suppress
from pathlib import Path

from tools.neo4j_server import CannotStart, Memory, Neo4jServer


def main(data: Path, port: int) -> None:
    server = Neo4jServer(data / "neo4j", port=port, memory=Memory(transaction="0"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt):
        try:
            server.start()
            print(f"Neo4j is at {server.url}")
            print(f"Its files are in {server.home}. Ctrl-C stops it. In another terminal:")
            print(f"    make run DATABASE={server.url}", flush=True)
            server.wait()
        except CannotStart as error:
            sys.exit(str(error))
        finally:
            server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
