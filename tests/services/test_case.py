"""A case's things: written field by field, put together from everybody's logs, undone by inverse entries."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.case import PersonRole, Stance
from reviewer.domain.case_acts import (
    AllegationSet,
    Change,
    ComplaintSet,
    ExhibitSet,
    LinesSet,
    NarrativeSet,
    PersonSet,
    ThingSet,
)
from reviewer.domain.errors import ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.timebase import Utc
from reviewer.records import facts, projections
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.journal import Recorded
from tests.records.events_made import meta_of

CASE = "CR-1"


@dataclass
class Logs:
    """Records into which events are folded as if three people's logs had them."""

    path: Path
    conn: sqlite3.Connection
    lamport: Iterator[int] = field(default_factory=lambda: count(1))

    def record(self, event: Event, user: str = "salo", lamport: int | None = None) -> Future[Recorded]:
        n = next(self.lamport)
        meta = meta_of(event, f"agency/desk/{user}/work/1", n, lamport if lamport is not None else n)
        with self.conn:
            projections.apply(self.conn, event, meta)
        done: Future[Recorded] = Future()
        done.set_result(Recorded(event, meta.origin, meta.index, meta.at))
        return done


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    path = tmp_path / "records.sqlite"
    conn = open_database(path)
    yield Logs(path, conn)
    conn.close()


@pytest.fixture
def file(logs: Logs) -> Iterator[CaseFile]:
    queries = Queries(logs.path)
    yield CaseFile(logs.record, queries, CASE)
    queries.close()


def test_a_complaint_reads_as_it_was_written(file: CaseFile) -> None:
    file.change(ComplaintSet, "", {"number": "C-7", "received": "2026-06-14T08:00:00Z", "way": "letter"}).result()
    complaint = file.complaint()
    assert (complaint.number, complaint.way) == ("C-7", "letter")
    assert complaint.received == Utc(1_781_424_000_000_000)


def test_what_is_undone_stands_as_before_and_everything_stays_in_its_history(file: CaseFile) -> None:
    id_ = file.add(PersonSet, {"name": "A", "role": PersonRole.WITNESS.value}).result()
    file.change(PersonSet, id_, {"name": "B"}).result()
    undone = file.undo()
    assert undone is not None
    undone.result()
    assert [p.name for p in file.people()] == ["A"]
    redone = file.redo()
    assert redone is not None
    redone.result()
    assert [p.name for p in file.people()] == ["B"]
    assert [(e.base, e.value) for e in file.history(PersonSet, id_) if e.field == "name"] == [
        ("", "A"),
        ("A", "B"),
        ("B", "A"),
        ("A", "B"),
    ]


def test_what_is_withdrawn_goes_and_comes_back(file: CaseFile) -> None:
    id_ = file.add(AllegationSet, {"title": "Force"}).result()
    file.withdraw(AllegationSet, id_).result()
    assert file.allegations() == ()
    assert [t.id for t in file.things(AllegationSet, withdrawn=True)] == [id_]
    file.restore(AllegationSet, id_).result()
    assert [a.name for a in file.allegations()] == ["A1"]


def test_two_who_gave_the_same_number_keep_both_and_the_earlier_has_it_alone(file: CaseFile, logs: Logs) -> None:
    file.add(ExhibitSet, {"allegation": "x", "stance": "for"}).result()
    logs.record(ExhibitSet(CASE, "theirs", (Change("number", "1"), Change("stance", "nonsense"))), "aro").result()
    assert [e.name for e in file.exhibits()] == ["E1", "E1b"]
    assert [e.stance for e in file.exhibits()] == [Stance.FOR, Stance.UNDECIDED]
    file.add(ExhibitSet, {"allegation": "x", "stance": "against"}).result()
    assert [e.name for e in file.exhibits()] == ["E1", "E1b", "E2"]


def test_a_value_that_was_not_seen_is_shown_as_overwritten(file: CaseFile, logs: Logs) -> None:
    id_ = file.add(AllegationSet, {"title": "Force"}).result()
    logs.record(AllegationSet(CASE, id_, (Change("title", "Theirs", "Force"),)), "aro", lamport=50).result()
    logs.record(AllegationSet(CASE, id_, (Change("title", "Ours", "Force"),)), "salo", lamport=60).result()
    last = [edit for edit in file.history(AllegationSet, id_) if edit.field == "title"][-1]
    assert (last.before, last.base, last.value, last.overwrote) == ("Theirs", "Force", "Ours", True)
    assert file.allegations()[0].title == "Ours"


def test_too_long_a_title_is_refused_in_one_sentence_and_nothing_is_written(file: CaseFile) -> None:
    with pytest.raises(ReviewerError, match="10,000 characters"):
        file.add(AllegationSet, {"title": "x" * 10_000})
    assert file.allegations() == ()
    assert not file.can_undo


def test_right_to_left_text_comes_back_as_it_was(file: CaseFile) -> None:
    said = "قال الشاهد: \u200f«توقف» 22:42"
    id_ = file.add(AllegationSet, {"title": "توقف", "text": said}).result()
    assert file.allegations()[0].text == said
    assert file.allegations()[0].id == id_


_KINDS: st.SearchStrategy[type[ThingSet]] = st.sampled_from([AllegationSet, PersonSet])
_EDITS = st.lists(
    st.tuples(_KINDS, st.sampled_from("ab"), st.sampled_from(["title", "text"]), st.text(max_size=4)), max_size=12
)


@given(edits=_EDITS, order=st.randoms(use_true_random=False))
def test_in_whatever_order_entries_are_folded_the_things_are_the_same(
    edits: list[tuple[type[ThingSet], str, str, str]], order: object
) -> None:
    made = [
        (kind(CASE, id_, (Change(name, value),)), n, "abc"[n % 3]) for n, (kind, id_, name, value) in enumerate(edits)
    ]
    shuffled = list(made)
    order.shuffle(shuffled)
    assert _folded(made) == _folded(shuffled)


def _folded(entries: list[tuple[ThingSet, int, str]]) -> list[tuple[str, ...]]:
    conn = sqlite3.connect(":memory:")
    conn.execute(
        "CREATE TABLE facts (case_id TEXT, subject TEXT, key TEXT, value TEXT, author TEXT, at INTEGER,"
        " lamport INTEGER, origin TEXT, idx INTEGER, PRIMARY KEY (case_id, subject, key))"
    )
    for event, n, user in entries:
        for row in facts.rows_of(event):
            conn.execute(facts.PUT, (*row, user, 0, n // 2, user, n))
    rows = conn.execute("SELECT subject, key, value, author FROM facts ORDER BY 1, 2").fetchall()
    conn.close()
    return rows


def test_what_was_written_over_unseen_shows_by_what_its_author_saw(file: CaseFile, logs: Logs) -> None:
    id_ = file.add(NarrativeSet, {"text": "one"}).result()
    logs.record(NarrativeSet(CASE, id_, (Change("text", "theirs", "one"),)), user="virta")
    file.change(NarrativeSet, id_, {"text": "mine"}, seen={"text": "one"}).result()
    last = file.history(NarrativeSet, id_)[-1]
    assert (last.value, last.base, last.before, last.overwrote) == ("mine", "one", "theirs", True)


def test_what_is_laid_out_has_no_undo_of_its_own(file: CaseFile) -> None:
    file.lay_out(LinesSet, "t1", {"a": "x", "b": "y"}).result()
    assert not file.can_undo
    found = file.thing(LinesSet, "t1")
    assert found is not None and (found.get("a"), found.get("b")) == ("x", "y")
