"""`rebuild_s`: the SQLite side of a million events (bookmarks added, changed, withdrawn, restored) made again from the
log: entries read and parsed, bodies opened and compared with what their entry commits to, everything folded. Beside it
the same of a day's mix (nine of ten are views of four cameras), of which a tenth is made and the time multiplied."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer
from reviewer.domain.events import Event
from reviewer.records.database import open_database
from reviewer.services.rebuild import rebuild
from tests.bench.log_made import BODY_KEY, KEY, ORIGIN, day, entry_of, notes

_BATCH = 4096
_TENTH = 10


def run(events: int) -> dict[str, Any]:
    """Seconds."""
    with TemporaryDirectory(prefix="reviewer-log-") as name:
        took = _rebuilt(Path(name) / "notes.sqlite", notes, events)
        mixed = _rebuilt(Path(name) / "day.sqlite", day, events // _TENTH) * _TENTH
    return {"rebuild_s": round(took, 2), "rebuild_day_s": round(mixed, 2), "rebuild_events": events}


def _rebuilt(path: Path, of: Callable[[int], Iterator[Event]], events: int) -> float:
    with closing(open_database(path)) as conn:
        log = SqliteLog.open(conn, ORIGIN, Signer(ORIGIN, KEY))
        made = (entry_of(event, n) for n, event in enumerate(of(events)))
        while few := list(islice(made, _BATCH)):
            conn.execute("BEGIN IMMEDIATE")
            log.append([entry for entry, _ in few], [body for _, body in few])
            conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        began = time.perf_counter()
        count = rebuild(conn, [log], lambda _origin, _case: (BODY_KEY,))
        took = time.perf_counter() - began
        if count != events:
            raise RuntimeError(f"{count} of {events} events were folded")
    return took
