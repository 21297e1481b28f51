from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain import events
from reviewer.domain.annotation import Mark
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.records import migrations, projections
from reviewer.records.database import open_database
from reviewer.records.queries import EntryFilter, Queries
from tests.records.events_made import ANY_EVENT, meta_of

MINE = "pd.example/ws1/salo/work/1"
ACCESS = "pd.example/ws1/salo/access/1"
THEIRS = "pd.example/ws2/niemi/work/1"


def _tables(conn: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(conn.execute(f"SELECT * FROM {name}"), key=repr) for name in projections.TABLES}  # noqa: S608


def _memory() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(conn)
    return conn


@given(
    st.lists(st.tuples(ANY_EVENT, st.sampled_from([MINE, ACCESS, THEIRS]), st.booleans()), max_size=30), st.randoms()
)
def test_any_events_in_any_order_of_logs_rebuild_to_what_was_folded_as_they_came(
    drawn: list[tuple[events.Event, str, bool]], chance: random.Random
) -> None:
    indexes: dict[str, int] = {}
    logged = []
    for lamport, (event, origin, readable) in enumerate(drawn):
        index = indexes.get(origin, 0)
        indexes[origin] = index + 1
        logged.append((event if readable else None, meta_of(event, origin, index, lamport)))
    shuffled = _interleaved(logged, chance)
    with closing(_memory()) as conn:
        for event, meta in logged:
            projections.apply(conn, event, meta)
        as_they_came = _tables(conn)
        assert projections.rebuild(conn, shuffled) == len(logged)
        assert _tables(conn) == as_they_came


def _interleaved(logged: list, chance: random.Random) -> list:
    """The same logs, each in its own order, taken from in any order."""
    logs: dict[str, list] = {}
    for event, meta in logged:
        logs.setdefault(meta.origin, []).append((event, meta))
    mixed = []
    while logs:
        origin = chance.choice(sorted(logs))
        mixed.append(logs[origin].pop(0))
        if not logs[origin]:
            del logs[origin]
    return mixed


def _folded(tmp_path: Path, *logged: tuple[events.Event, str]) -> Queries:
    path = tmp_path / "records.sqlite"
    with closing(open_database(path)) as conn:
        indexes: dict[str, int] = {}
        for lamport, (event, origin) in enumerate(logged, start=1):
            index = indexes.get(origin, 0)
            indexes[origin] = index + 1
            projections.apply(conn, event, meta_of(event, origin, index, lamport, at=1_000_000 * lamport))
    return Queries(path)


def _added(id_: str, text: str, at: int = 5) -> events.BookmarkAdded:
    place = TimeRange(Utc(at), Utc(at + 2))
    return events.BookmarkAdded("c1", id_, place, (Mark("r1", 0, Micros(1), Micros(2)),), "force", text)


def test_the_later_change_wins_by_lamport_and_untouched_fields_stay(tmp_path: Path) -> None:
    moment, force = "moment", "force"
    queries = _folded(
        tmp_path,
        (_added("b1", "arm raised"), MINE),
        (events.BookmarkChanged("c1", "b1", force, "arm goes up", force, "arm raised"), THEIRS),
        (events.BookmarkChanged("c1", "b1", moment, "arm raised", force, "arm raised"), MINE),
    )
    (bookmark,) = queries.bookmarks("c1")
    assert (bookmark.text, bookmark.kind, bookmark.author) == ("arm goes up", moment, "salo")
    assert bookmark.marks == (Mark("r1", 0, Micros(1), Micros(2)),)
    queries.close()


def test_a_withdrawn_bookmark_is_kept_apart_and_comes_back(tmp_path: Path) -> None:
    queries = _folded(
        tmp_path,
        (_added("b1", "one"), MINE),
        (_added("b2", "two", at=1), MINE),
        (events.BookmarkWithdrawn("c1", "b1"), MINE),
        (events.BookmarkWithdrawn("c1", "b2"), MINE),
        (events.BookmarkRestored("c1", "b2"), MINE),
    )
    assert [b.id for b in queries.bookmarks("c1")] == ["b2"]
    assert [b.id for b in queries.bookmarks("c1", withdrawn=True)] == ["b1"]
    assert queries.bookmark("c1", "b1") is not None
    assert queries.bookmark("c2", "b1") is None
    queries.close()


def _opened(span: str, start: int) -> events.ViewOpened:
    camera = events.SpanCamera("r1", TimeRange(Utc(start), Utc(start + 10)), 640, 360, True)
    return events.ViewOpened("c1", span, TimeRange(Utc(start), Utc(start + 10)), 1000, (camera,), "complaint")


def _closed(span: str, start: int, end: int, rate: int = 1000, width: int = 640) -> events.ViewClosed:
    camera = events.SpanCamera("r1", TimeRange(Utc(start), Utc(end)), width, 360, True)
    return events.ViewClosed("c1", span, rate, (camera,), "complaint")


def test_watched_is_what_the_closing_says_and_a_span_cut_by_a_crash_is_told_apart(tmp_path: Path) -> None:
    queries = _folded(
        tmp_path,
        (_opened("s1", 0), ACCESS),
        (_closed("s1", 0, 7), ACCESS),
        (_opened("s2", 10), ACCESS),
        (_closed("s2", 10, 12, rate=4000), ACCESS),
        (_opened("s3", 20), ACCESS),
    )
    shown = queries.watched("c1", "r1")
    assert [(w.shown.start, w.shown.end, w.rate_milli, w.user) for w in shown] == [
        (0, 7, 1000, "salo"),
        (10, 12, 4000, "salo"),
    ]
    assert queries.watched("c1", "r1", user="niemi") == ()
    assert queries.any_watched("c1") == (TimeRange(Utc(0), Utc(7)), TimeRange(Utc(10), Utc(12)))
    assert queries.any_watched("c1", fastest_milli=2000) == (TimeRange(Utc(0), Utc(7)),)
    assert [cut.span for cut in queries.cut_spans("c1")] == ["s3"]
    assert queries.last_shown("c1") == 11
    assert queries.last_shown("c1", user="niemi") is None
    queries.close()


def test_a_second_closing_replaces_the_first(tmp_path: Path) -> None:
    queries = _folded(
        tmp_path, (_opened("s1", 0), ACCESS), (_closed("s1", 0, 3), ACCESS), (_closed("s1", 0, 8), ACCESS)
    )
    assert [w.shown.end for w in queries.watched("c1", "r1")] == [8]
    queries.close()


def test_playing_backwards_stops_at_the_start_of_what_was_shown(tmp_path: Path) -> None:
    queries = _folded(tmp_path, (_opened("s1", 0), ACCESS), (_closed("s1", 2, 9, rate=-1000), ACCESS))
    assert queries.last_shown("c1") == 2
    queries.close()


def test_entries_come_newest_first_in_pages_and_filtered(tmp_path: Path) -> None:
    queries = _folded(
        tmp_path,
        (events.LoggedOn("salo", "ws1"), ACCESS),
        (_opened("s1", 0), ACCESS),
        (_added("b1", "x"), MINE),
        (_added("b2", "y"), THEIRS),
        (events.AccessDenied("open", "not assigned", "c2", "r9"), ACCESS),
    )
    first = queries.entries(EntryFilter(), limit=3)
    rest = queries.entries(EntryFilter(), after=first[-1].place, limit=3)
    kinds = [entry.meta.kind for entry in (*first, *rest)]
    assert kinds == ["access_denied", "bookmark_added", "bookmark_added", "view_opened", "logged_on"]
    assert first[1].event == _added("b2", "y")
    assert queries.count(EntryFilter(case="c1")) == 3
    assert [e.meta.kind for e in queries.entries(EntryFilter(recording="r1", user="salo"))] == [
        "bookmark_added",
        "view_opened",
    ]
    assert [e.meta.kind for e in queries.entries(EntryFilter(kinds=("logged_on", "access_denied")))] == [
        "access_denied",
        "logged_on",
    ]
    assert queries.count(EntryFilter(since=Utc(2_000_000), until=Utc(4_000_000))) == 2
    assert queries.sizes() == {ACCESS: 3, MINE: 1, THEIRS: 1}
    queries.close()


def _refusal(left: int) -> tuple[events.Event, str]:
    return events.LogOnRefused("salo", "ws1", "wrong passphrase", left), "pd.example/ws1/station/access/1"


def test_log_on_tries_count_since_a_time_and_a_lock_stays_until_it_is_released(tmp_path: Path) -> None:
    station = "pd.example/ws1/station/access/1"
    locked = _folded(tmp_path / "a", _refusal(2), _refusal(1), _refusal(0))
    assert (
        locked.log_on_tries("salo", Utc(2_000_000)).refused,
        locked.log_on_tries("salo", Utc(9_000_000)).locked,
    ) == (2, True)
    assert locked.log_on_tries("niemi", Utc(0)).refused == 0
    locked.close()
    released = _folded(tmp_path / "b", _refusal(0), (events.LogOnReleased("salo", "ws1", "lind"), station), _refusal(4))
    assert (released.log_on_tries("salo", Utc(0)).refused, released.log_on_tries("salo", Utc(0)).locked) == (1, False)
    released.close()
