"""The page “History”: rows in words, whose, and what was overwritten."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from reviewer.domain.timebase import parse_rfc3339
from reviewer.services.history import Done, History
from reviewer.services.history_words import Lost
from reviewer.ui.actions import KeyTable
from reviewer.ui.case.history import HistoryPage
from tests.ui.samples import zone

AT = parse_rfc3339("2026-07-27T11:00:00Z")


def done(user: str, what: str, *lost: Lost) -> Done:
    return Done(AT, user, "Complaint written", what, f"agency/desk/{user}/work/1", 0, lost, "")


KNOWN = History((done("salo", "place “Bridge”", Lost("place", "Square", "virta")), done("virta", "place “Square”")), 2)


@pytest.fixture
def page(keys: KeyTable, qtbot: QtBot) -> HistoryPage:
    made = HistoryPage(keys, zone, lambda user: f"Name of {user}")
    qtbot.addWidget(made)
    made.resize(1200, 600)
    made.show()
    return made


def rows(page: HistoryPage) -> list[list[str]]:
    model = page.table.rows
    return [[model.index(row, column).data() for column in range(5)] for row in range(model.rowCount())]


def test_it_says_who_did_what_when_and_what_went(page: HistoryPage) -> None:
    assert page.empty.isVisible()
    page.show_history(KNOWN)
    assert rows(page)[0] == [
        "14:00:00, 27 Jul 2026 · UTC+3",
        "Name of salo",
        "Complaint written",
        "place “Bridge”",
        "Name of virta’s place “Square”",
    ]
    assert page.said.text() == "2 shown, 2 entries; the log has the proofs"
    assert not page.empty.isVisible()


def test_it_shows_one_persons_entries_what_overwrote_or_what_has_the_words(page: HistoryPage) -> None:
    page.show_history(KNOWN)
    page.person.choose("virta")
    assert [row[1] for row in rows(page)] == ["Name of virta"]
    page.person.choose("")
    page.overwrites.setChecked(True)
    assert [row[1] for row in rows(page)] == ["Name of salo"]
    page.overwrites.setChecked(False)
    page.search.line.setText("square virta complaint")
    assert len(rows(page)) == 2
    page.search.line.setText("bridge")
    assert len(rows(page)) == 1
    page.search.line.setText("no such word")
    assert page.empty.isVisible() and page.empty.accessibleName() == "No entry is like that"
    page.search.line.clear()
    page.show_history(History((), 0))
    assert rows(page) == []


def test_ten_thousand_entries_are_there_at_once(page: HistoryPage) -> None:
    many = tuple(done("salo", f"title “{n}”") for n in range(5_000))
    page.show_history(History(many, 10_000))
    assert page.said.text() == "5,000 shown, the newest 5,000 of 10,000 entries; the log has the proofs"
    assert page.table.rows.rowCount() == 5_000
