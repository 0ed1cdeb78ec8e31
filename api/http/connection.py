"""A connection that waits for nobody: requests have a head of bounded size and time, and their bodies come on.

uvicorn bounds neither: whoever opens connections and sends half a request keeps them, and a header that comes in pieces
costs the square of its size. All of this happens before a request has a path, so no route or middleware can see it.
"""

import json
from asyncio import TimerHandle, Transport
from typing import Literal

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

MAX_HEAD = 64 << 10
"""Bytes of a request's head: its address and all headers."""
MAX_HEADERS = 100
HEAD_SECONDS = 10.0
"""From a connection's beginning, or a further request's first byte, to the end of its head."""
BODY_SECONDS, BODY_BYTES = 20.0, 20_000
"""In so many seconds, so many bytes of a body must come, or its rest, while the server takes them."""
UNREAD_SECONDS = 5.0
"""For which the rest of a request is taken, and thrown away, after it was answered: a client that still sends would
otherwise not read the answer, such as a 413."""
ANSWER_SECONDS = 60.0
"""For which a client may take nothing of an answer that waits for it."""
STOP_SECONDS = 1
"""For which requests may go on when the server stops; streams of events never end by themselves."""
MAX_IDLE = 512
"""Connections that wait for a request or for the rest of one: with one more, that one is cut that waits longest."""


class Connection(HttpToolsProtocol):
    _reading: Literal["head", "body"] | None = None
    """The part of a request that has begun and not ended."""
    _held = 0
    """Bytes received since the last part that the parser handed on: what it keeps, copied anew with each piece."""
    _head = 0
    _came = 0
    """Bytes of the body since the timer was last set."""
    _waits_since: float
    _refusal: tuple[int, str, str] | None = None
    _timed: str | None = None
    """What `_timer` times."""
    _timer: TimerHandle | None = None
    _answer_timer: TimerHandle | None = None

    # -- the transport's calls

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self._waits_since = self.loop.time()
        self._set_timer()
        idle = [one for one in self.connections if isinstance(one, Connection) and one.waits]
        if len(idle) > MAX_IDLE:
            min(idle, key=lambda one: one._waits_since).transport.close()

    def data_received(self, data: bytes) -> None:
        if self._timed == "refused":
            return
        self._held += len(data)
        super().data_received(data)
        if self._held > MAX_HEAD and self._timed != "refused":
            self._refusal = _TOO_LARGE
            self.send_400_response("")
        self._set_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timers()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._answer_timer = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._answer_timer is not None:
            self._answer_timer.cancel()
            self._answer_timer = None

    # -- the server's call

    def shutdown(self) -> None:
        super().shutdown()
        self.loop.call_later(STOP_SECONDS, self._cut_unanswered)

    def _cut_unanswered(self) -> None:
        """Before uvicorn cancels what is left, which answers 500: to its client, a server that stops has gone away."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_started:
            self.transport.abort()

    # -- the parser's calls

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._reading, self._head = "head", 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        if len(self.headers) == MAX_HEADERS:
            self._refuse(_TOO_MANY)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._reading, self._held = "body", 0
        self._waits_since = self.loop.time()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._held = 0
        self._came += len(body)
        self._waits_since = self.loop.time()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._reading, self._held = None, 0

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._waits_since = self.loop.time()
        self._set_timer()

    # -- limits

    @property
    def waits(self) -> bool:
        """Whether the client has to send something before anything goes on."""
        return self._reading is not None or self._is_answered

    @property
    def _is_answered(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is None or cycle.response_complete

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > MAX_HEAD:
            self._refuse(_TOO_LARGE)

    def _refuse(self, refusal: tuple[int, str, str]) -> None:
        """Called by the parser, which passes the exception on as an error of its own."""
        self._refusal = refusal
        raise ValueError(refusal[1])

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's own words
        status, error, detail = self._refusal or (400, "InvalidRequest", "This is not HTTP.")
        body = json.dumps({"error": error, "detail": detail}).encode()
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(
            body
        )
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:  # its request is what went wrong
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
                return
        self.transport.write(STATUS_LINE[status] + head + body)
        self.transport.write_eof()
        self._time("refused")

    def _set_timer(self) -> None:
        """Time what the client has to send next; a timer that runs already for it goes on."""
        if self.transport.is_closing():
            self._stop_timers()
            return
        timed = None
        if self._timed == "refused":
            timed = self._timed
        elif self._reading == "body":
            timed = "unread" if self._is_answered else "body"
        elif self.waits and self.timeout_keep_alive_task is None:  # uvicorn's own, between two requests
            timed = "head"
        if timed != self._timed:
            self._time(timed)

    def _time(self, timed: str | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timed, self._timer, self._came = timed, None, 0
        if timed is not None:
            seconds = {"head": HEAD_SECONDS, "body": BODY_SECONDS}.get(timed, UNREAD_SECONDS)
            self._timer = self.loop.call_later(seconds, self._time_is_over)

    def _time_is_over(self) -> None:
        if self._timed == "body" and (self._came >= BODY_BYTES or self.flow.read_paused):
            self._time("body")
        else:
            self.transport.close()

    def _stop_timers(self) -> None:
        for timer in (self._timer, self._answer_timer):
            if timer is not None:
                timer.cancel()


_TOO_LARGE = (431, "HeadTooLarge", f"The address and the headers have more than {MAX_HEAD >> 10} kB.")
_TOO_MANY = (431, "HeadTooLarge", f"There are more than {MAX_HEADERS} headers.")
