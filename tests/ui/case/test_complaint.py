"""The complaint's page by itself: what it says of times, clocks and states, full and empty."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.agency import DEFAULT, ClockStart, StatutoryClock
from reviewer.domain.case import Allegation, CasePerson, CaseState, Complaint, PersonRole
from reviewer.domain.case_acts import CaseMoved
from reviewer.domain.case_state import Said, Standing, Step, standing_of
from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Role
from reviewer.domain.statutory import Due
from reviewer.domain.timebase import SECOND, TimeRange, Utc, parse_rfc3339
from reviewer.ui.actions import KeyTable
from reviewer.ui.case import complaint_words as words
from reviewer.ui.case.complaint import ComplaintPage
from reviewer.ui.case.complaint_forms import AllegationForm, PersonForm
from reviewer.ui.case.complaint_words import CaseShown
from reviewer.ui.case.standing import StandingPanel
from reviewer.ui.theme import Tone
from tests.ui.samples import zone

NOW = parse_rfc3339("2026-07-27T11:00:00Z")
DAY = 86_400 * SECOND
NIEMI = CasePerson("p1", "Ofc. A. Niemi", PersonRole.SUBJECT, "2214")
WINDOW = TimeRange(parse_rfc3339("2026-06-13T19:42:00Z"), parse_rfc3339("2026-06-13T19:42:30.5Z"))
FORCE = Allegation("a1", 1, "Excessive force", "Arm behind\nthe back", "force", "p1", WINDOW)
UPDATE = StatutoryClock("update", "Update to the complainant", ClockStart.UPDATED, days=45, source="Police Act")
CASE = CaseShown(
    Complaint("PSD-7", parse_rfc3339("2026-06-14T08:00:00Z"), "letter", place="Corner", happened=WINDOW),
    (NIEMI,),
    (FORCE,),
    Standing(CaseState.INVESTIGATION),
    (Due(UPDATE, NOW, Utc(NOW + 9 * DAY)),),
    tables=DEFAULT,
    now=NOW,
)


def said(widget: QWidget) -> str:
    QApplication.processEvents()
    return " ".join(each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget))


def test_times_stand_in_fields_as_they_are_typed(keys: KeyTable, qtbot: QtBot) -> None:
    fields = words.complaint_fields(CASE.complaint, zone())
    assert (fields["received"], fields["start"]) == ("14 Jun 2026 11:00", "13 Jun 2026 22:42")
    assert words.typed_time(fields["received"], zone()) == "2026-06-14T08:00:00.000000Z"
    assert words.typed_time("2026-06-14 08:00 UTC", zone()) == "2026-06-14T08:00:00.000000Z"
    assert words.typed_time(" ", zone()) == ""
    with pytest.raises(ReviewerError, match="no day and time"):
        words.typed_time("25:00", zone())


def test_a_row_names_policy_officer_and_window(keys: KeyTable, qtbot: QtBot) -> None:
    cells = words.allegation_cells(lambda: CASE, zone)(FORCE)
    assert [cell.spoken for cell in cells] == [
        "A1",
        "Excessive force, Use of force · Arm behind the back",
        "Ofc. A. Niemi, 2214",
        "22:42:00 – 22:42:30, 13 Jun 2026",
    ]
    bare = words.allegation_cells(lambda: CASE, zone)(Allegation("a2", 2, ""))
    assert [cell.spoken for cell in bare] == ["A2", "No title yet", "not named", "not stated"]
    assert [cell.spoken for cell in words.person_cells(NIEMI)][:3] == ["Subject officer", "Ofc. A. Niemi", "2214"]


def test_what_was_typed_as_a_policy_is_the_tables_where_it_is_in_it() -> None:
    assert words.policy_id(" use of FORCE ", DEFAULT) == "force"
    assert words.policy_id("Section 12 (3)", DEFAULT) == "Section 12 (3)"


def test_an_empty_page_says_how_it_fills(keys: KeyTable, qtbot: QtBot) -> None:
    page = ComplaintPage(keys, zone)
    qtbot.addWidget(page)
    page.show_case(CaseShown(tables=DEFAULT, now=NOW), {})
    assert "Nothing is alleged yet" in said(page)
    assert "Nobody is named yet" in said(page)
    assert "Times are local (UTC+3)" in said(page)
    assert page.add_allegation.isEnabled()
    received = next(each.widget for each in page.entries if each.name == "received")
    assert isinstance(received, QLineEdit) and received.placeholderText()
    page.show_case(CaseShown(tables=DEFAULT, now=NOW, why_read_only="You read this case."), {})
    assert not received.placeholderText(), "an example would look like what is known"


def test_the_panel_says_state_clocks_and_what_is_left(keys: KeyTable, qtbot: QtBot) -> None:
    panel = StandingPanel(keys, zone, lambda user: user)
    qtbot.addWidget(panel)
    panel.show_case(CASE)
    assert panel.state.words == "investigation"
    assert "5 Aug 2026" in said(panel)
    assert words.left(CASE.dues[0], NOW) == "9 days"
    assert words.tone_of(CASE.dues[0], NOW) is Tone.WARN
    paused = replace(CASE, complaint=replace(CASE.complaint, paused="before the courts"), dues=())
    panel.show_case(paused)
    assert "Paused: before the courts. No clock runs." in said(panel)
    panel.show_case(replace(CASE, complaint=Complaint(), dues=()))
    assert "No clock runs until it is written when the complaint was received." in said(panel)


def test_a_clock_that_ended_says_whether_it_was_in_time() -> None:
    due = Due(UPDATE, NOW, Utc(NOW + DAY), Utc(NOW + 3 * DAY))
    assert words.ended(due, zone()) == "ended 30 Jul 2026, too late"
    assert words.ended(replace(due, ended=NOW), zone()) == "ended 27 Jul 2026, in time"


def test_who_moved_the_case_without_knowing_is_named(keys: KeyTable, qtbot: QtBot) -> None:
    def move(who: str, at: int, role: Role) -> Said:
        way = CaseMoved("CR", f"{who}:1", "investigation", "screening", "", "", 1)
        return Said(way, who, Utc(NOW + at), frozenset({role}))

    standing = standing_of([move("salo", 0, Role.INVESTIGATOR), move("aro", 1, Role.SUPERVISOR)], DEFAULT)
    panel = StandingPanel(keys, zone, lambda user: user.capitalize())
    qtbot.addWidget(panel)
    panel.show_case(replace(CASE, standing=standing))
    assert "Salo moved it to investigation on 27 Jul 2026 14:00 without knowing" in panel.conflict.words
    assert isinstance(standing.steps[0], Step)


def test_forms_ask_for_what_a_person_and_an_allegation_need(keys: KeyTable, qtbot: QtBot) -> None:
    person, allegation = PersonForm(keys, zone), AllegationForm(keys, zone)
    for form in (person, allegation):
        qtbot.addWidget(form)
    person.show_person(None, CASE, {})
    person.submit()
    assert "A person needs a name, or a letter." in person.error.words
    allegation.show_allegation(None, CASE, {})
    allegation.submit()
    assert "An allegation needs a title." in allegation.error.words
    allegation.entries[0].put("Force")
    allegation.entries[2].put("at noon")
    allegation.submit()
    assert "“at noon” is no day and time." in allegation.error.words
