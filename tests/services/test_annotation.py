from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.annotation import Mark
from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.domain.events import BookmarkChanged, LogName
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.annotation import Annotations
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
