"""What can go wrong on the way, on purpose: a loopback HTTP/1.1 proxy before an engine's http endpoint.

    with FaultProxy(engine.http) as proxy:
        store = locate(engine.location(bucket, keys, endpoint=proxy.endpoint))
        proxy.set(cut_after=70_000, only="objects/")

It passes on whole requests and streams answers, and the signed Host header stays as the client wrote it: engines check
signatures against that header, whatever address they listen on. `proxy.requests` lists what was asked, `proxy.served`
counts body bytes handed to the client.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import os
import socket
import struct
import threading
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Readable = http.client.HTTPResponse | io.BytesIO
_PIECE = 64 << 10
_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection", "te", "trailer"}
_SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
_SKEWED = b"<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>"
_EXPIRED = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong with answers; offsets count from the first byte of each answer's body. `only`: for paths that
    have this in them; `verbs`: for these; `times`: so often, then no more."""

    cut_after: int | None = None  # reset the connection after so many bytes
    close_after: int | None = None  # close it in good order after so many bytes, the length being promised
    busy: int = 0  # of every `busy + 1` requests all but the last are answered 503 SlowDown, HEAD too
    flip_at: int | None = None  # the lowest bit of this byte
    flip_sent: int | None = None  # the same on the way to the engine
    truncate_to: int | None = None  # no more than so many bytes, and the length says so
    longer_by: int = 0  # so many bytes more, and the length says so
    wrong_length: int = 0  # the length says so many more than there are; the connection is closed at the end
    delay: float = 0.0  # seconds before each answer
    stall_after: int | None = None  # so many bytes, then nothing until the proxy is told otherwise
    answer: str = ""  # busy, skewed or expired: this instead of asking the engine
    forget: bool = False  # the engine does what was asked, and the connection is reset instead of its answer
    only: str = ""
    verbs: tuple[str, ...] = ("GET", "HEAD", "PUT", "POST", "DELETE")
    times: int = 1 << 30


class FaultProxy:
    """A proxy before one port of loopback. `set` may be called at any time, from any thread."""

    def __init__(self, port: int) -> None:
        self.engine = port
        self.requests: list[str] = []
        self.served = 0
        self._faults = Faults()
        self._left = 0
        self._asked = 0
        self._lock = threading.Lock()
        self._go_on = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def endpoint(self) -> str:
        """Where clients find it."""
        return "{}://127.0.0.1:{}".format("http", self._server.server_address[1])

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def set(self, **faults: Any) -> None:  # noqa: ANN401 - the fields of Faults
        """From now on these faults and no others; without any, none."""
        with self._lock:
            self._faults, self._asked = replace(Faults(), **faults), 0
            self._left = self._faults.times
            waiting, self._go_on = self._go_on, threading.Event()
        waiting.set()

    def fault(self, verb: str, path: str) -> Faults:
        """What is to go wrong with this request."""
        with self._lock:
            self.requests.append(f"{verb} {path}")
            faults = self._faults
            if faults.only not in path or verb not in faults.verbs or self._left <= 0:
                return Faults()
            if faults.busy:
                self._asked += 1
                if self._asked % (faults.busy + 1):
                    self._left -= 1
                    return Faults(answer="busy")
                return replace(faults, busy=0)
            self._left -= 1
            return faults

    def count(self, served: int) -> None:
        """So many bytes of bodies were handed on."""
        with self._lock:
            self.served += served

    def wait(self, longest: float) -> None:
        """Until something else is set."""
        self._go_on.wait(longest)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is part of the play."""


def _handler_of(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Bound(_Handler):
        play = proxy

    return Bound


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    play: FaultProxy

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def handle_expect_100(self) -> bool:
        """At once: a client waits a second for it otherwise."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def _handle(self) -> None:
        faults = self.play.fault(self.command, self.path)
        sent = self._body(faults)
        if faults.delay:
            self.play.wait(faults.delay)
        if faults.answer:
            self._answer(*_ANSWERS[faults.answer])
            return
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.play.engine, timeout=120)) as engine:
            engine.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _HOP and name.lower() not in ("expect", "content-length"):
                    engine.putheader(name, value)
            if sent or self.command in ("PUT", "POST"):
                engine.putheader("Content-Length", str(len(sent)))
            engine.endheaders(sent or None)
            answer = engine.getresponse()
            if faults.forget:
                answer.read()
                self._reset()
                return
            self._pass_on(answer, faults)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle

    def _body(self, faults: Faults) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        sent = bytearray(self.rfile.read(length))
        if faults.flip_sent is not None and faults.flip_sent < len(sent):
            sent[faults.flip_sent] ^= 1
        return bytes(sent)

    def _chunks(self) -> bytes:
        whole = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _pass_on(self, answer: http.client.HTTPResponse, faults: Faults) -> None:
        self.send_response_only(answer.status)
        length = answer.headers.get("Content-Length")
        for name, value in answer.headers.items():
            if name.lower() not in _HOP and name.lower() != "content-length":
                self.send_header(name, value)
        if self.command == "HEAD":
            self.send_header("Content-Length", length or "0")
            self.end_headers()
            return
        body: Readable = answer
        there = int(length) if length is not None else -1
        if there < 0:  # in chunks, as Ceph sends lists
            whole = answer.read()
            body, there = io.BytesIO(whole), len(whole)
        promised = there if faults.truncate_to is None else min(there, faults.truncate_to)
        self.send_header("Content-Length", str(promised + faults.longer_by + faults.wrong_length))
        self.end_headers()
        self._stream(body, promised, faults)

    def _stream(self, answer: Readable, promised: int, faults: Faults) -> None:
        ends = [each for each in (faults.cut_after, faults.close_after, faults.stall_after) if each is not None]
        stop, at = min([promised, *ends]), 0
        while at < stop and (piece := bytearray(answer.read(min(_PIECE, stop - at)))):
            if faults.flip_at is not None and at <= faults.flip_at < at + len(piece):
                piece[faults.flip_at - at] ^= 1
            self.wfile.write(piece)
            at += len(piece)
            self.play.count(len(piece))
        if faults.longer_by:
            self.wfile.write(bytes(faults.longer_by))
        self.wfile.flush()
        if at < promised or faults.wrong_length:
            if faults.stall_after is not None:
                self.play.wait(120)
            if faults.cut_after is not None:
                self._reset()
            self.close_connection = True

    def _reset(self) -> None:
        """End the connection with RST, as a machine in between does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
        os.close(self.connection.detach())


_ANSWERS = {"busy": (503, _SLOW_DOWN), "skewed": (403, _SKEWED), "expired": (400, _EXPIRED)}
