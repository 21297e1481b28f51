"""The history of one mark: who set it, what was changed since, by whom, and what went that nobody had seen."""

from __future__ import annotations

import json
import sqlite3

from reviewer.domain import codec, events
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.event import Event
from reviewer.domain.thing import WITHDRAWN, Edit
from reviewer.domain.timebase import Utc

KINDS: tuple[type[Event], ...] = (
    events.BookmarkAdded,
    events.BookmarkChanged,
    events.BookmarkWithdrawn,
    events.BookmarkRestored,
)
"""Everything that makes or changes a mark."""
_BY_NAME = {cls.KIND: cls for cls in KINDS}


def edits_of(conn: sqlite3.Connection, case: str, mark: str) -> list[Edit]:
    """Every change of its fields "kind", "text" and "withdrawn", in the order in which changes count."""
    rows = conn.execute(
        f"SELECT kind, payload, actor, at, origin, idx FROM entries WHERE case_id=? AND kind IN ({_MARKS})"  # noqa: S608 - names from this file
        " AND json_extract(payload, '$.id')=? ORDER BY lamport, origin, idx",
        (case, *_BY_NAME, mark),
    )
    stood: dict[str, str] = {}
    edits = []
    for kind, payload, user, at, origin, index in rows.fetchall():
        try:
            event = codec.decode(_BY_NAME[kind], json.loads(payload))
        except (MalformedDocument, ValueError):
            continue  # not as this version has it
        for field, value, base in _changes(event):
            edits.append(Edit(field, value, base, stood.get(field, ""), user, Utc(at), origin, index, mark))
            stood[field] = value
    return edits


_MARKS = ",".join("?" * len(KINDS))


def _changes(event: Event) -> list[tuple[str, str, str]]:
    """(field, value, the value that its author saw)."""
    match event:
        case events.BookmarkAdded():
            return [("kind", event.bookmark_kind, ""), ("text", event.text, "")]
        case events.BookmarkChanged():
            both = (("kind", event.bookmark_kind, event.base_kind), ("text", event.text, event.base_text))
            return [(field, value, base) for field, value, base in both if value != base]
        case events.BookmarkWithdrawn():
            return [(WITHDRAWN, "yes", "")]
        case _:
            return [(WITHDRAWN, "", "yes")]
