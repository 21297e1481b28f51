"""The history of a mark, as the logs of several people make it; and marks of kinds that are no longer in any table."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain import codec, events
from reviewer.domain.annotation import Mark
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.records import migrations, projections
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from tests.records.events_made import meta_of

CASE = "c1"
AT = TimeRange(Utc(1_781_380_800_000_000), Utc(1_781_380_800_000_000))
SALO, HILL = "pd/ws1/salo/work/1", "pd/ws2/hill/work/1"


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    made = open_database(tmp_path / "records.sqlite")
    yield made
    made.close()


@pytest.fixture
def queries(tmp_path: Path, conn: sqlite3.Connection) -> Iterator[Queries]:
    made = Queries(tmp_path / "records.sqlite")
    yield made
    made.close()


def _added(id_: str, kind: str = "force", text: str = "one") -> events.BookmarkAdded:
    return events.BookmarkAdded(CASE, id_, AT, (Mark("r1", 0, Micros(1), Micros(2)),), kind, text)


def _changed(text: str, base: str) -> events.BookmarkChanged:
    return events.BookmarkChanged(CASE, "b1", "force", text, "force", base)


def test_what_overwrote_something_unseen_says_so(conn: sqlite3.Connection, queries: Queries) -> None:
    folded = [
        (_added("b1"), SALO, 0, 1),
        (_added("b2"), SALO, 1, 2),
        (_changed("two", "one"), SALO, 2, 3),
        (_changed("drei", "one"), HILL, 0, 4),
        (events.BookmarkWithdrawn(CASE, "b1"), HILL, 1, 5),
        (events.BookmarkRestored(CASE, "b1"), SALO, 3, 6),
    ]
    with conn:
        for event, origin, index, lamport in reversed(folded):  # colleagues’ entries come as they come
            projections.apply(conn, event, meta_of(event, origin, index, lamport))
    edits = queries.mark_edits(CASE, "b1")
    assert [(e.user, e.field, e.value, e.before) for e in edits] == [
        ("salo", "kind", "force", ""),
        ("salo", "text", "one", ""),
        ("salo", "text", "two", "one"),
        ("hill", "text", "drei", "two"),
        ("hill", "withdrawn", "yes", ""),
        ("salo", "withdrawn", "", "yes"),
    ]
    assert [e.overwrote for e in edits] == [False, False, False, True, False, False]
    assert queries.mark_edits(CASE, "nobody’s") == () and queries.mark_edits("other case", "b1") == ()


def test_every_kind_that_was_ever_set_is_read(conn: sqlite3.Connection, queries: Queries) -> None:
    former = ("moment", "force", "warning", "speech", "injury", "question")
    own = ("search", "de_escalation", "pursuit", "צעקה", "x" * 300)
    with conn:
        for n, kind in enumerate((*former, *own)):
            event = _added(f"b{n}", kind)
            projections.apply(conn, event, meta_of(event, SALO, n, n))
    assert [each.kind for each in sorted(queries.bookmarks(CASE), key=lambda b: b.index)] == [*former, *own]


def test_the_entry_of_a_former_version_is_the_entry_of_this_one() -> None:
    """Byte for byte as 0.6 wrote it: the kind is a word in the field `bookmark_kind`."""
    written = (
        '{"at": {"end": "2026-06-13T20:00:00.000000Z", "start": "2026-06-13T20:00:00.000000Z"},'
        ' "bookmark_kind": "injury", "case": "c1", "id": "b1",'
        ' "marks": [{"end": 2, "part": 0, "recording": "r1", "start": 1}], "text": "one"}'
    )
    event = codec.decode(events.BookmarkAdded, json.loads(written))
    assert event.bookmark_kind == "injury"
    assert json.dumps(codec.encode(event), sort_keys=True) == written


def test_marks_that_a_former_version_could_not_read_are_read_by_this_one(tmp_path: Path) -> None:
    """It knew six kinds: of an entry with another one it kept that there is an entry, and its body."""
    logged = [
        (_added("b1"), SALO, 0, 1),
        (_added("b2", "search", "hands in pockets"), HILL, 0, 2),
        (events.BookmarkChanged(CASE, "b1", "pursuit", "one", "force", "one"), HILL, 1, 3),
        (events.BookmarkChanged(CASE, "b1", "injury", "two", "pursuit", "one"), SALO, 1, 4),
    ]
    path = tmp_path / "former.sqlite"
    former = sqlite3.connect(path, isolation_level=None)
    migrations.apply(former)
    former.execute("DELETE FROM _sqlite_migrations WHERE name='0010_kinds_of_marks'")
    for n, (event, origin, index, lamport) in enumerate(logged):
        projections.apply(former, event if n == 0 else None, meta_of(event, origin, index, lamport))
    former.close()
    with closing(open_database(path)) as conn, closing(Queries(path)) as read:
        stands = {b.id: (b.kind, b.text) for b in read.bookmarks(CASE)}
        assert stands == {"b1": ("injury", "two"), "b2": ("search", "hands in pockets")}
        tables = {name: sorted(conn.execute(f"SELECT * FROM {name}"), key=repr) for name in projections.TABLES}  # noqa: S608
        again = [(event, meta_of(event, origin, index, lamport)) for event, origin, index, lamport in logged]
        projections.rebuild(conn, again)
        rebuilt = {name: sorted(conn.execute(f"SELECT * FROM {name}"), key=repr) for name in projections.TABLES}  # noqa: S608
        assert tables == rebuilt
