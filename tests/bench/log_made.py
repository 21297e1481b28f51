"""Entries to measure with: events such as the app records, sealed and named as the journal does it."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.entry import Entry
from reviewer.domain.annotation import Mark
from reviewer.domain.events import (
    BookmarkAdded,
    BookmarkChanged,
    BookmarkRestored,
    BookmarkWithdrawn,
    Event,
    SpanCamera,
    ViewClosed,
    ViewOpened,
)
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.services.bodies import body_key, payload_of, seal_body

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
ORIGIN = "helsinki.example/ws-1/salo/work/1"
BODY_KEY = body_key(KEY, ORIGIN)
START = 1_781_376_137_480_000
_BOOT = "0b6c7f5a-3c1d-4e02-8f33-944455556666"
_CASE = "PSB-2026-0417"
_CAMERAS = ("AX-201-20260613-194217", "AX-114-20260613-194205", "GP-07-20260613-194300", "PH-2-20260613-194412")


def notes(count: int) -> Iterator[Event]:
    """Bookmarks: each added, changed, withdrawn and restored."""
    kind, other = "question", "injury"
    for n in range(count):
        name, at = f"{n // 4:032x}", Utc(START + n * SECOND)
        if n % 4 == 0:
            mark = Mark(_CAMERAS[n % 3], 0, Micros(n), Micros(n))
            yield BookmarkAdded(_CASE, name, TimeRange(at, at), (mark,), kind, f"He takes the bag ({n})")
        elif n % 4 == 1:
            yield BookmarkChanged(_CASE, name, other, "He puts it down again", kind, f"He takes the bag ({n - 1})")
        else:
            yield (BookmarkWithdrawn if n % 4 == 2 else BookmarkRestored)(_CASE, name)


def day(count: int) -> Iterator[Event]:
    """A day of watching four cameras: nine of ten entries open and close a view."""
    remarks = notes(count)
    for n in range(count):
        if n % 10 == 9:
            yield next(remarks)
            continue
        at = Utc(START + n // 2 * 8 * SECOND)
        planned = TimeRange(at, Utc(at + 8 * SECOND))
        cameras = tuple(SpanCamera(each, planned, 796, 448, not i) for i, each in enumerate(_CAMERAS))
        made = ViewClosed if n % 10 % 2 else ViewOpened
        span = f"{n // 10 * 10 + n % 10 // 2:032x}"
        if made is ViewOpened:
            yield ViewOpened(_CASE, span, planned, 1000, cameras, "complaint")
        else:
            yield ViewClosed(_CASE, span, 1000, cameras, "complaint")


def entry_of(event: Event, n: int, key: bytes = BODY_KEY) -> tuple[bytes, bytes]:
    """(entry, sealed body) of the `n`-th event."""
    commitment, sealed = seal_body(payload_of(event), key)
    made = Entry(
        at=START + n * 1_250_000,
        mono=98_000_000_000 + n * 1_250_000,
        boot=_BOOT,
        lamport=n + 1,
        kind=event.KIND,
        case=_CASE,
        recording=_CAMERAS[n % 4] if n % 8 == 0 else None,
        body=commitment,
    )
    return made.to_bytes(), sealed


def bare_entry(n: int) -> bytes:
    """The `n`-th entry, with a body that is nowhere."""
    made = Entry(
        at=START + n * 1_250_000,
        mono=98_000_000_000 + n * 1_250_000,
        boot=_BOOT,
        lamport=n + 1,
        kind="view_closed" if n % 2 else "view_opened",
        case=_CASE,
        recording=_CAMERAS[n % 4] if n % 8 == 0 else None,
        body=f"{n * 0x9E3779B97F4A7C15 % 2**64:064x}",
    )
    return made.to_bytes()
