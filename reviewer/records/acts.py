"""Entries that are read one by one, as they were written: nothing folds them into one row, so none takes another's
place. What was signed, returned and decided on a case is read so (`domain/finding`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from reviewer.domain import codec
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.event import Event, Written
from reviewer.domain.timebase import Utc


def of_case(conn: sqlite3.Connection, case: str, kinds: Iterable[type[Event]]) -> list[tuple[Event, Written]]:
    """Every entry of these kinds on a case, in the order that counts for everybody."""
    known = {cls.KIND: cls for cls in kinds}
    rows = conn.execute(
        f"SELECT kind, payload, actor, at, lamport, origin, idx FROM entries WHERE case_id=? AND payload NOTNULL"  # noqa: S608 - a list of fixed length
        f" AND kind IN ({','.join('?' * len(known))}) ORDER BY lamport, origin, idx",
        (case, *known),
    )
    found: list[tuple[Event, Written]] = []
    for kind, payload, user, at, lamport, origin, index in rows.fetchall():
        try:
            event = codec.decode(known[kind], json.loads(payload))
        except (MalformedDocument, ValueError):
            continue  # not as this version has it
        found.append((event, Written(user, Utc(at), lamport, origin, index)))
    return found
