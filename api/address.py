"""Where a running server is: `server.json` in its data folder, by which every command finds it."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

FILE = "server.json"


@dataclass(frozen=True)
class Address:
    url: str
    pid: int

    @classmethod
    def read(cls, data: Path) -> Self | None:
        """The address left in a data folder; None where there is none that makes sense."""
        try:
            left = json.loads((data / FILE).read_bytes())
            return cls(url=str(left["url"]), pid=int(left["pid"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, data: Path) -> None:
        """Leave the address, in one piece: a reader sees all of it or none."""
        draft = data / f"{FILE}.{self.pid}"
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(data / FILE)

    def remove(self, data: Path) -> None:
        """Take the address away, unless another server has left its own since."""
        if self.read(data) == self:
            with suppress(OSError):
                (data / FILE).unlink()

    def is_alive(self) -> bool:
        """Whether the process exists (on this machine)."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True
