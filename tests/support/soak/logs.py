"""How soon the jobs of killed processes were begun again, as logs say."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from tests.support.soak.ledger import Json
from tests.support.soak.programs import Program

BEGUN, ENDED = "The job is begun.", ("The job is done.", "The job failed.")
NOTICED = re.compile(r"The process .*:(?P<pid>\d+):\w+ is lost")


class TakenUp(NamedTuple):
    """`n` runs of jobs were cut by a kill and begun again; the longest times until then, in seconds, from the kill and
    from the moment at which another process noticed it."""

    n: int
    from_kill: float
    from_notice: float


def taken_up(programs: Sequence[Program]) -> TakenUp:
    logged = {program.name: list(_lines(program)) for program in programs}
    together = sorted((line for lines in logged.values() for line in lines), key=lambda line: _time(line))
    from_kill, from_notice = [0.0], [0.0]
    for program in programs:
        for killed, pid in program.kills:
            for job in _running(logged[program.name], killed):
                again = next(
                    (line for line in together if _time(line) > killed and _is(line, BEGUN, job)), None
                )
                if again is None:  # it was cancelled, or had ended
                    continue
                from_kill.append((_time(again) - killed).total_seconds())
                notice = next(
                    (line for line in together if _time(line) > killed and _names(line, pid)), again
                )
                from_notice.append((_time(again) - _time(notice)).total_seconds())
    return TakenUp(len(from_kill) - 1, max(from_kill), max(from_notice))


def _lines(program: Program) -> Iterator[Json]:
    for line in program.log.read_text(errors="replace").splitlines():
        if line.startswith("{") and line.endswith("}"):  # a kill may cut a line
            yield json.loads(line)


def _running(lines: Sequence[Json], moment: datetime) -> set[str]:
    """The jobs that a program has begun before and not ended."""
    running = set[str]()
    for line in lines:
        if _time(line) > moment:
            break
        if line["message"] == BEGUN:
            running.add(line["job"])
        elif line["message"] in ENDED:
            running.discard(line["job"])
    return running


def _time(line: Json) -> datetime:
    return datetime.fromisoformat(line["time"])


def _is(line: Json, message: str, job: str) -> bool:
    return (line["message"], line.get("job")) == (message, job)


def _names(line: Json, pid: int) -> bool:
    found = NOTICED.match(line["message"])
    return found is not None and int(found["pid"]) == pid
