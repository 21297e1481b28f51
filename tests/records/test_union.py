"""Two files read as one: whatever is recorded by whom, every table has what one file would have."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain import events
from reviewer.domain.annotation import Mark
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.records import projections, union
from reviewer.records.database import open_database, open_reader
from reviewer.records.queries import EntryFilter, Queries
from tests.records.events_made import ANY_EVENT, meta_of

MINE = "pd.example/ws1/salo/access/1"
THEIRS = "pd.example/ws2/aro/access/1"
THIRD = "pd.example/ws3/hill/work/1"


def _tables(conn: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(conn.execute(f"SELECT * FROM {name}"), key=repr) for name in projections.TABLES}  # noqa: S608 - names of tables


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ANY_EVENT, st.sampled_from([MINE, THEIRS, THIRD])), max_size=25))
def test_two_files_read_as_the_one_that_both_were_folded_into(
    tmp_path: Path, drawn: list[tuple[events.Event, str]]
) -> None:
    files = {name: tmp_path / f"{name}.sqlite" for name in ("own", "others", "one")}
    for path in files.values():
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
    conns = {name: open_database(path) for name, path in files.items()}
    indexes: dict[str, int] = {}
    for lamport, (event, origin) in enumerate(drawn):
        index = indexes.get(origin, 0)
        indexes[origin] = index + 1
        meta = meta_of(event, origin, index, lamport)
        for conn in (conns["own" if origin == MINE else "others"], conns["one"]):
            projections.apply(conn, event, meta)
    for conn in conns.values():
        conn.close()
    with closing(open_reader(files["own"])) as both, closing(open_reader(files["one"])) as one:
        union.attach(both, files["others"])
        assert _tables(both) == _tables(one)


def _folded(path: Path, *logged: tuple[int, events.Event, str]) -> None:
    with closing(open_database(path)) as conn:
        for index, (lamport, event, origin) in enumerate(logged):
            projections.apply(conn, event, meta_of(event, origin, index, lamport, at=1_000_000 * lamport))


def _added(id_: str, text: str) -> events.BookmarkAdded:
    place = TimeRange(Utc(5), Utc(7))
    return events.BookmarkAdded("c1", id_, place, (Mark("r1", 0, Micros(1), Micros(2)),), "force", text)


def test_a_colleagues_change_of_my_bookmark_stands_and_questions_about_me_stay_mine(tmp_path: Path) -> None:
    own, others = tmp_path / "records.sqlite", tmp_path / "others.sqlite"
    force, moment = "force", "moment"
    camera = events.SpanCamera("r1", TimeRange(Utc(0), Utc(9)), 640, 360, True)
    closed = events.ViewClosed("c1", "s1", 1000, (camera,), "complaint")
    _folded(own, (1, _added("b1", "arm raised"), MINE), (2, events.LoggedOn("salo", "ws1"), MINE))
    _folded(
        others,
        (3, events.BookmarkChanged("c1", "b1", force, "arm goes up", force, "arm raised"), THEIRS),
        (4, _added("b2", "door"), THEIRS),
        (5, closed, THEIRS),
        (6, events.LoggedOn("salo", "ws2"), THEIRS),
        (7, events.CaseSynced("c1", 1, 1), THEIRS),
    )
    with closing(Queries(own, others)) as queries:
        assert queries.followed
        found = {b.id: (b.text, b.kind, b.author) for b in queries.bookmarks("c1")}
        assert found == {"b1": ("arm goes up", force, "salo"), "b2": ("door", force, "aro")}
        assert moment not in {kind for _, kind, _ in found.values()}
        assert [w.user for w in queries.watched("c1", "r1")] == ["aro"]
        assert [e.meta.lamport for e in queries.entries(EntryFilter())] == [7, 6, 5, 4, 3, 2, 1]
        assert queries.count(EntryFilter(user="aro")) == 5
        assert (queries.last_shown("c1"), queries.last_synced("c1")) == (None, None)
        assert queries.last_log_on("salo") == 2_000_000
    with closing(Queries(own)) as alone:
        assert not alone.followed
        assert alone.count(EntryFilter()) == 2


def test_a_second_file_that_cannot_be_read_leaves_ones_own(tmp_path: Path) -> None:
    own, others = tmp_path / "records.sqlite", tmp_path / "others.sqlite"
    _folded(own, (1, _added("b1", "arm raised"), MINE))
    others.write_bytes(b"no database" * 500)
    with closing(Queries(own, others)) as queries:
        assert not queries.followed
        assert queries.count(EntryFilter()) == 1
