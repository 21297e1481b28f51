"""Entries of other versions: what an earlier one left out, what a later one added, and kinds nobody here knows."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import MISSING, fields
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.audit.entry import Entry
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer
from reviewer.domain import codec
from reviewer.domain.events import Event, SpanCamera, ViewClosed
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.records import migrations
from reviewer.records.gathering import Gathering
from reviewer.records.projections import TABLES
from reviewer.records.queries import event_of
from reviewer.services.bodies import body_key, seal_body
from reviewer.services.rebuild import rebuild
from tests.records.events_made import ANY_EVENT

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
ORIGIN = "pd.example/ws1/salo/access/1"
BODY_KEY = body_key(KEY, ORIGIN)
AT = TimeRange(Utc(1_781_376_137_480_000), Utc(1_781_376_145_480_000))


def _with_more(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same with a member in each object that only a later version knows."""
    if isinstance(value, dict):
        return {name: _with_more(each) for name, each in value.items()} | {"zz_later": [1, {"a": None}]}
    return [_with_more(each) for each in value] if isinstance(value, list) else value


def _earlier(event: Event) -> dict[str, Any]:
    """The event as a version wrote it that had none of the members that have a default now, where they have it."""
    said = codec.encode(event)
    usual = {f.name: f.default for f in fields(event) if f.default is not MISSING}
    return {n: each for n, each in said.items() if not (n in usual and getattr(event, n) == usual[n])}


@given(ANY_EVENT)
def test_what_has_a_default_may_be_missing_and_what_is_later_is_passed_over(event: Event) -> None:
    for said in (_earlier(event), _with_more(codec.encode(event)), _with_more(_earlier(event))):
        assert event_of(event.KIND, json.dumps(said)) == event


@given(ANY_EVENT, st.data())
def test_a_payload_that_is_wrong_is_an_entry_alone_and_stops_nobody(event: Event, data: st.DataObject) -> None:
    said = codec.encode(event)
    if said:
        name = data.draw(st.sampled_from(sorted(said)))
        said[name] = data.draw(st.sampled_from([1.5, {}, [], [[]], None, -1, "?", {"start": 1}]))
        event_of(event.KIND, json.dumps(said))  # whatever it says, nothing is raised


def _log(*entries: tuple[str, dict[str, Any], int]) -> tuple[sqlite3.Connection, SqliteLog]:
    """A log of (kind, payload, v of the entry)."""
    conn = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(conn)
    log = SqliteLog.open(conn, ORIGIN, Signer(ORIGIN, KEY))
    made = []
    for n, (kind, payload, version) in enumerate(entries):
        commitment, sealed = seal_body(rfc8785.dumps(payload), BODY_KEY)
        plain = Entry(at=AT.start + n, mono=n, boot="b", lamport=n + 1, kind=kind, body=commitment).to_bytes()
        said = json.loads(plain) | ({"v": version, "zz_later": {"x": [True]}} if version > 1 else {})
        made.append((rfc8785.dumps(said), sealed))
    conn.execute("BEGIN")
    log.append([entry for entry, _ in made], [sealed for _, sealed in made])
    conn.execute("COMMIT")
    return conn, log


def _rows(conn: sqlite3.Connection, log: SqliteLog) -> dict[str, list[tuple[Any, ...]]]:
    rebuild(conn, [log], lambda _origin, _case: (BODY_KEY,))
    return {table: conn.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608


def test_a_log_of_all_versions_folds() -> None:
    """A view as the first version wrote it, one with members of a later one, a later `v`, an unknown kind."""
    camera = {"recording": "r1", "shown": codec.encode(AT), "width": 640, "height": 360, "audible": True}
    first = {"case": "C", "span": "s1", "rate_milli": 1000, "cameras": [camera], "purpose": "complaint"}
    conn, log = _log(
        ("view_closed", first, 1),
        ("view_closed", _with_more(first | {"span": "s2"}), 1),
        ("view_closed", first | {"span": "s3"}, 2),
        ("dreamt_of", {"case": "C", "of": "sheep"}, 3),
        ("view_closed", {"nothing": "of it"}, 1),
    )
    with closing(conn):
        rows = _rows(conn, log)
        assert log.check() == ()
    assert [row[6] for row in rows["entries"]] == ["view_closed"] * 3 + ["dreamt_of", "view_closed"]
    assert [row[3] for row in rows["watched"]] == ["s1", "s2", "s3"]
    assert len({row[4:13] for row in rows["watched"]}) == 1
    now = ViewClosed("C", "s1", 1000, (SpanCamera("r1", AT, 640, 360, True),), "complaint")
    assert event_of("view_closed", json.dumps(first)) == now


_TEXTS = st.sampled_from(["a", "b", "c"])
_WRITES = st.one_of(
    st.tuples(st.just("INSERT INTO one VALUES (?, ?) ON CONFLICT DO NOTHING"), st.tuples(_TEXTS, st.integers(0, 9))),
    st.tuples(st.just("UPDATE one SET n = n + ? WHERE id = ?"), st.tuples(st.integers(0, 9), _TEXTS)),
    st.tuples(st.just("DELETE FROM one WHERE id = ?"), st.tuples(_TEXTS)),
    st.tuples(
        st.just("INSERT INTO two VALUES (?, ?) ON CONFLICT DO UPDATE SET n = excluded.n WHERE excluded.n > n"),
        st.tuples(_TEXTS, st.integers(0, 9)),
    ),
)


@settings(max_examples=200)
@given(st.lists(_WRITES, max_size=40))
def test_what_is_gathered_comes_to_what_was_asked_for_one_by_one(writes: list[tuple[str, tuple[Any, ...]]]) -> None:
    found = []
    for gathered in (False, True):
        with closing(sqlite3.connect(":memory:")) as conn:
            conn.executescript(
                "CREATE TABLE one (id TEXT PRIMARY KEY, n INT); CREATE TABLE two (id PRIMARY KEY, n INT)"
            )
            rows = Gathering(conn)
            for sql, row in writes:
                (rows if gathered else conn).execute(sql, row)
            rows.flush()
            found.append([conn.execute(f"SELECT * FROM {t} ORDER BY id").fetchall() for t in ("one", "two")])  # noqa: S608
    assert found[0] == found[1]
