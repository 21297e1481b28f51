from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.annotation import Mark
from reviewer.domain.case import Stance
from reviewer.domain.drawing import MOST_SHAPES, Form, Shape, Spot
from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.domain.events import BookmarkChanged, LogName
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.annotation import Annotations, Respoken, Speaks
from reviewer.services.journal import Journal, Recorded

WORK = "pd/ws1/salo/work/1"
AT = TimeRange(Utc(1_781_380_800_000_000), Utc(1_781_380_802_000_000))
MARKS = (Mark("r1", 0, Micros(1_000), Micros(2_001_000)),)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "r.sqlite", {LogName.WORK: WORK}, Ed25519PrivateKey.generate())) as opened:
        yield opened


@pytest.fixture
def queries(journal: Journal) -> Iterator[Queries]:
    with closing(Queries(journal.path)) as opened:
        yield opened


@pytest.fixture
def notes(journal: Journal, queries: Queries) -> Annotations:
    return Annotations(journal.record, queries, "c1")


def _done(future: Future[Recorded] | None) -> None:
    assert future is not None
    future.result()


def test_a_bookmark_is_what_its_entry_says(notes: Annotations) -> None:
    bookmark = notes.add(AT, MARKS, "force", "  arm raised ").result()
    assert (bookmark.text, bookmark.author, bookmark.origin, bookmark.index) == ("arm raised", "salo", WORK, 0)
    assert notes.bookmarks() == (bookmark,)


def test_changes_name_what_they_replace_and_are_undone_and_done_again(notes: Annotations, queries: Queries) -> None:
    bookmark = notes.add(AT, (), "moment", "one").result()
    changed = notes.change(bookmark, text="two").result()
    assert notes.bookmarks() == (changed,)
    _done(notes.undo())
    assert notes.bookmarks() == (bookmark,)
    _done(notes.redo())
    assert notes.bookmarks() == (changed,)
    event = queries.entries(EntryFilter(kinds=("bookmark_changed",)))[-1].event
    assert isinstance(event, BookmarkChanged) and event.base_text == "one"


def test_adding_is_undone_by_withdrawing_and_redone_by_restoring(notes: Annotations, queries: Queries) -> None:
    bookmark = notes.add(AT, MARKS, "force", "x").result()
    _done(notes.undo())
    assert notes.bookmarks() == () and not notes.can_undo and notes.can_redo
    _done(notes.redo())
    assert notes.bookmarks() == (bookmark,)
    notes.withdraw(bookmark).result()
    assert notes.bookmarks() == ()
    _done(notes.undo())
    assert notes.bookmarks() == (bookmark,)
    kinds = [e.meta.kind for e in reversed(queries.entries(EntryFilter()))]
    assert kinds == [
        "bookmark_added",
        "bookmark_withdrawn",
        "bookmark_restored",
        "bookmark_withdrawn",
        "bookmark_restored",
    ]


def test_something_new_forgets_what_could_be_redone(notes: Annotations) -> None:
    notes.add(AT, (), "moment", "one").result()
    _done(notes.undo())
    notes.add(AT, (), "moment", "two").result()
    assert notes.redo() is None


def test_undo_does_not_wait_for_what_is_on_its_way(notes: Annotations) -> None:
    notes.add(AT, (), "moment", "one")
    _done(notes.undo())
    assert notes.bookmarks() == ()


def test_no_entry_no_effect_and_nothing_to_undo(journal: Journal, notes: Annotations) -> None:
    kept = notes.add(AT, (), "moment", "kept").result()
    journal._conn.execute("PRAGMA query_only=ON")
    with pytest.raises(LogUnwritable):
        notes.add(AT, MARKS, "force", "x").result()
    journal._conn.execute("PRAGMA query_only=OFF")
    assert notes.bookmarks() == (kept,)
    _done(notes.undo())
    assert notes.bookmarks() == ()


def test_too_long_a_text_is_one_sentence(notes: Annotations) -> None:
    with pytest.raises(ReviewerError, match=r"The text has 5000 characters\. Shorten it to 4000\."):
        notes.add(AT, (), "moment", "x" * 5000)
    assert not notes.can_undo


A1, A2 = "alleged-1", "alleged-2"


def _exhibits(notes: Annotations) -> list[tuple[str, str, str]]:
    return [(each.allegation, each.stance.value, each.mark) for each in notes.exhibits()]


def test_a_mark_that_speaks_is_an_exhibit_in_the_same_step(notes: Annotations) -> None:
    mark = notes.add(AT, MARKS, "force", "x", Speaks(A1, Stance.FOR)).result()
    assert (mark.index, mark.kind) == (0, "force")
    assert _exhibits(notes) == [(A1, "for", mark.id)]
    _done(notes.undo())
    assert notes.bookmarks() == () and _exhibits(notes) == [] and not notes.can_undo
    _done(notes.redo())
    assert notes.bookmarks() == (mark,) and _exhibits(notes) == [(A1, "for", mark.id)]


def test_what_a_mark_says_can_be_another_thing_or_nothing_any_more(notes: Annotations) -> None:
    mark = notes.add(AT, MARKS, "force", "x").result()
    assert _exhibits(notes) == []
    notes.change(mark, respoken=Respoken(Speaks(A1, Stance.UNDECIDED))).result()
    (exhibit,) = notes.exhibits()
    notes.change(mark, text="y", respoken=Respoken(Speaks(A2, Stance.AGAINST), exhibit.id)).result()
    assert _exhibits(notes) == [(A2, "against", mark.id)]
    notes.change(mark, respoken=Respoken(None, exhibit.id)).result()
    assert _exhibits(notes) == [] and notes.bookmark(mark.id) == replace(mark, text="y")
    _done(notes.undo())
    _done(notes.undo())
    assert _exhibits(notes) == [(A1, "undecided", mark.id)] and notes.bookmark(mark.id) == mark


def test_who_may_not_write_into_the_case_marks_and_says_nothing_of_it(journal: Journal, queries: Queries) -> None:
    only_reads = ReviewerError("You only read this case.", "Ask the supervisor.")
    notes = Annotations(journal.record, queries, "c1", refusal=lambda: only_reads)
    with pytest.raises(ReviewerError, match="only read"):
        notes.add(AT, MARKS, "force", "x", Speaks(A1, Stance.FOR))
    assert notes.bookmarks() == () and not notes.can_undo
    assert notes.add(AT, MARKS, "force", "x").result() in notes.bookmarks()


def test_a_change_that_changes_nothing_is_no_entry(notes: Annotations, queries: Queries) -> None:
    mark = notes.add(AT, MARKS, "force", "x").result()
    assert notes.change(mark, text="x").result() == mark
    assert len(queries.entries(EntryFilter())) == 1


def test_whether_a_mark_was_changed_or_withdrawn_can_be_seen_of_it(notes: Annotations, queries: Queries) -> None:
    mark = notes.add(AT, MARKS, "force", "x").result()
    assert [each.changed for each in notes.bookmarks()] == [False]
    notes.change(mark, kind="search").result()
    (changed,) = notes.bookmarks()
    assert changed.changed and changed.kind == "search"
    notes.withdraw(changed).result()
    assert notes.bookmark(mark.id) is None
    gone = queries.bookmark("c1", mark.id)
    assert gone is not None and not gone.stands


def _arrow(*points: tuple[int, int]) -> Shape:
    return Shape(Form.ARROW, "r1", 0, 90_000, Micros(1_000_000), tuple(Spot(*each) for each in points))


def test_shapes_lie_beside_the_mark_and_each_is_taken_back_alone(notes: Annotations) -> None:
    mark = notes.add(AT, MARKS, "force", "x").result()
    first = notes.draw(mark, _arrow((0, 0), (500_000, 500_000))).result()
    second = notes.draw(mark, _arrow((10, 10), (90_000, -5))).result()
    assert list(notes.drawings()[mark.id]) == [first, second]
    assert notes.drawings()[mark.id][second].points[1] == Spot(90_000, 0), "inside the picture"
    notes.erase(mark, first).result()
    assert list(notes.drawings()[mark.id]) == [second]
    _done(notes.undo())
    assert set(notes.drawings()[mark.id]) == {first, second}
    _done(notes.undo())
    _done(notes.undo())
    assert notes.drawings() == {}


def test_what_cannot_be_drawn_is_refused_in_a_sentence(notes: Annotations) -> None:
    mark = notes.add(AT, MARKS, "force", "x").result()
    with pytest.raises(ReviewerError, match=r"too small to be seen\. Draw it larger\."):
        notes.draw(mark, _arrow((5, 5), (5, 5)))
    words = Shape(Form.TEXT, "r1", 0, 1, Micros(0), (Spot(1, 1),), "x" * 300)
    with pytest.raises(ReviewerError, match=r"300 characters\. Shorten it to 200\."):
        notes.draw(mark, words)
    for n in range(MOST_SHAPES):
        notes.draw(mark, _arrow((0, 0), (n + 1, 9))).result()
    with pytest.raises(ReviewerError, match=r"60 shapes on this frame\. Take one back first\."):
        notes.draw(mark, _arrow((0, 0), (9, 9)))


def test_the_history_of_a_mark_says_who_did_what_to_it(notes: Annotations) -> None:
    other = notes.add(AT, (), "moment", "somebody else’s").result()
    mark = notes.add(AT, MARKS, "force", "one", Speaks(A1, Stance.FOR)).result()
    changed = notes.change(mark, kind="search", text="two").result()
    notes.draw(mark, _arrow((0, 0), (9, 9))).result()
    notes.withdraw(changed).result()
    past = notes.past(mark.id)
    assert [(e.field, e.base, e.value) for e in past.mark] == [
        ("kind", "", "force"),
        ("text", "", "one"),
        ("kind", "force", "search"),
        ("text", "one", "two"),
        ("withdrawn", "", "yes"),
    ]
    assert {e.user for e in past.mark} == {"salo"} and not any(e.overwrote for e in past.mark)
    assert ("stance", "for") in [(e.field, e.value) for e in past.exhibits]
    assert len(past.drawing) == 1
    assert notes.past(other.id).exhibits == ()
