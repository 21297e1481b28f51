"""What entries say of how a view stood on the screen: folded, asked, and read from entries of earlier versions."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain import codec, events
from reviewer.domain.coverage import Manner
from reviewer.domain.events import Crop, Source, SpanCamera, ViewClosed, ViewOpened, Visible
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.records import migrations, projections
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from tests.records.events_made import meta_of

ORIGIN = "pd/ws1/salo/access/1"
AT = TimeRange(Utc(100), Utc(200))
OLD = {
    "case": "c1",
    "span": "s1",
    "rate_milli": 1000,
    "purpose": "complaint",
    "cameras": [{"recording": "r1", "shown": codec.encode(AT), "width": 640, "height": 360, "audible": True}],
}


def _folded(tmp_path: Path, *logged: events.Event) -> Queries:
    path = tmp_path / "records.sqlite"
    with closing(open_database(path)) as conn:
        for index, event in enumerate(logged):
            projections.apply(conn, event, meta_of(event, ORIGIN, index, index + 1))
    return Queries(path)


def test_an_entry_of_an_earlier_version_still_decodes_and_counts_as_it_did(tmp_path: Path) -> None:
    event = codec.decode(ViewClosed, json.loads(json.dumps(OLD)))
    (camera,) = event.cameras
    assert (camera.heard, camera.visible, camera.source, camera.crop) == (
        None,
        Visible.NOT_SAID,
        Source.NOT_SAID,
        None,
    )
    with closing(_folded(tmp_path, event)) as queries:
        (row,) = queries.watched("c1", "r1")
        assert (row.heard, row.visible, row.source, row.manner) == (True, True, "", Manner.SOUND)


@pytest.mark.parametrize(
    ("more", "manner"),
    [
        ({"heard": False}, Manner.SILENT),
        ({"visible": Visible.COVERED, "heard": False}, None),
        ({"visible": Visible.MINIMISED, "heard": True}, Manner.HEARD),
        ({"source": Source.PROXY}, Manner.COPY),
        ({"crop": Crop(0, 100, 500, 500)}, Manner.PART),
    ],
)
def test_how_it_stood_there_is_kept_and_counted(tmp_path: Path, more: dict, manner: Manner | None) -> None:
    camera = SpanCamera("r1", AT, 640, 360, True, **more)
    event = ViewClosed("c1", "s1", 1000, (camera,), "complaint")
    assert codec.decode(ViewClosed, json.loads(json.dumps(codec.encode(event)))) == event
    with closing(_folded(tmp_path, event)) as queries:
        (row,) = queries.watched("c1", "r1")
        assert row.manner is manner
        assert row.crop == more.get("crop")
        counted = [(user, recording, how, spans) for user, recording, how, spans in queries.shown("c1")]
        assert counted == ([("salo", "r1", manner, [(100, 200)])] if manner is not None else [])
        assert queries.any_watched("c1") == ((AT,) if row.seen else ())
        assert [view.user for view in queries.shown_at("c1", "r1", Utc(199))] == ["salo"]
        assert queries.shown_at("c1", "r1", Utc(200)) == ()


def _opened(span: str) -> ViewOpened:
    return ViewOpened("c1", span, AT, 1000, (SpanCamera("r1", AT, 640, 360, True),), "complaint")


def test_a_cut_span_may_have_been_shown_and_one_that_goes_on_is_not_counted_yet(tmp_path: Path) -> None:
    on = events.LoggedOn("salo", "ws1")
    with closing(_folded(tmp_path, on, _opened("s1"), on, _opened("s2"))) as queries:
        assert [(cut.span, cut.live) for cut in queries.cut_spans("c1")] == [("s1", False), ("s2", True)]
        assert list(queries.shown("c1")) == [("salo", "r1", Manner.MAYBE, [(100, 200)])]


def test_the_filmstrip_is_known_also_from_before_there_was_a_table_for_it() -> None:
    film = events.FilmstripShown("c1", "r1", AT, Micros(10), 64, "complaint")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        migrations.apply(conn)
        projections.apply(conn, film, meta_of(film, ORIGIN, 0, 1))
        folded = conn.execute("SELECT * FROM films").fetchall()
        watched = conn.execute("SELECT * FROM watched").description
        conn.execute("DROP TABLE films")
        conn.execute("DROP TABLE facts")
        for column in ("heard", "visible", "source", "crop"):
            conn.execute(f"ALTER TABLE watched DROP COLUMN {column}")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name >= '0006'")
        migrations.apply(conn)
        assert conn.execute("SELECT * FROM films").fetchall() == folded
        assert conn.execute("SELECT * FROM watched").description == watched
