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
    lines = sorted((line for program in programs for line in _lines(program)), key=_time)
    from_kill, from_notice = [0.0], [0.0]
    for program in programs:
        for killed, pid in program.kills:
            later = [line for line in lines if _time(line) > killed]
            for job in _running(program, lines, killed):
                again = next((line for line in later if _is(line, BEGUN, job)), None)
                if again is None:  # it was cancelled, or had ended
                    continue
                from_kill.append((_time(again) - killed).total_seconds())
                notice = next((line for line in later if _names(line, pid)), again)
                from_notice.append((_time(again) - _time(notice)).total_seconds())
    return TakenUp(len(from_kill) - 1, max(from_kill), max(from_notice))


def _lines(program: Program) -> Iterator[Json]:
    """What it logged, each line with its name."""
    for line in program.log.read_text(errors="replace").splitlines():
        if line.startswith("{") and line.endswith("}"):  # a kill may cut a line
            yield json.loads(line) | {"program": program.name}


def _running(program: Program, lines: Sequence[Json], moment: datetime) -> set[str]:
    """The jobs that a program had begun and not ended, nor another one begun since: a program that was killed before
    says of none that it is not its own any more."""
    running: dict[str, str] = {}
    for line in lines:
        if _time(line) > moment:
            break
        if line["message"] == BEGUN:
            running[line["job"]] = line["program"]
        elif line["message"] in ENDED:
            running.pop(line["job"], None)
    return {job for job, name in running.items() if name == program.name}


def _time(line: Json) -> datetime:
    return datetime.fromisoformat(line["time"])


def _is(line: Json, message: str, job: str) -> bool:
    return (line["message"], line.get("job")) == (message, job)


def _names(line: Json, pid: int) -> bool:
    found = NOTICED.match(line["message"])
    return found is not None and int(found["pid"]) == pid
