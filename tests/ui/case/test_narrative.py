"""The story on screen: what is typed is said to be written once it is, and what somebody else wrote is not lost."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from reviewer.domain.reference import Reference, Referred, Target
from reviewer.services.narrative import Section
from reviewer.ui.actions import KeyTable
from reviewer.ui.case.narrative import NarrativePage
from reviewer.ui.case.narrative_section import SectionCard, SectionShown

E3 = Reference(Referred.EXHIBIT, "e3")


def shown(id_: str, text: str, place: int = 1, **more: str) -> SectionShown:
    return SectionShown(Section(id_, f"Title {id_}", text, place), "Written by K. Salo", **more)


@pytest.fixture
def page(qtbot: QtBot, keys: KeyTable) -> NarrativePage:
    made = NarrativePage(keys)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.set_case(lambda _ref: Target("E3", "The arm"), lambda _words: ())
    made.show()
    qtbot.waitExposed(made)
    return made


def card(page: NarrativePage, id_: str) -> SectionCard:
    found = page.card(id_)
    assert found is not None
    return found


def type_in(page: NarrativePage, qtbot: QtBot, id_: str, words: str) -> SectionCard:
    found = card(page, id_)
    found.text.setFocus()
    found.text.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(found.text, words)
    return found


def test_an_empty_story_says_how_to_begin(page: NarrativePage, qtbot: QtBot) -> None:
    assert page.empty.isVisible()
    with qtbot.waitSignal(page.command) as asked:
        page.empty.button.click()
    assert asked.args == ["story.add"]


def test_sections_show_in_order_with_what_they_cite(page: NarrativePage) -> None:
    page.show_sections([shown("a", f"See {E3.token}"), shown("b", "")])
    assert [each.title.text() for each in page.cards] == ["Title a", "Title b"]
    assert page.cited.rows.count() == 1
    page.show_sections([shown("b", ""), shown("a", f"See {E3.token}")])
    assert [each.id for each in page.cards] == ["b", "a"]
    assert not page.cards[0].up.isEnabled() and page.cards[0].down.isEnabled()


def test_what_is_typed_is_not_said_to_be_written_before_it_is(page: NarrativePage, qtbot: QtBot) -> None:
    page.show_sections([shown("a", "one")])
    found = type_in(page, qtbot, "a", " two")
    assert found.dirty and found._state.text() == "Not written to the log yet"
    with qtbot.waitSignal(page.written) as written:
        found.write()
    assert written.args == ["a", {"text": "one two"}, {"title": "Title a", "text": "one"}]
    assert found.dirty
    found.recorded({"text": "one two"})
    assert not found.dirty and found._state.text() == "Written by K. Salo"


def test_it_writes_by_itself_and_when_the_field_is_left(page: NarrativePage, qtbot: QtBot) -> None:
    page.show_sections([shown("a", "one")])
    found = type_in(page, qtbot, "a", "!")
    assert found._idle.isActive()
    with qtbot.waitSignal(page.written):
        found.title.setFocus()


def test_another_ones_text_does_not_replace_what_is_being_written(page: NarrativePage, qtbot: QtBot) -> None:
    page.show_sections([shown("a", "one")])
    found = type_in(page, qtbot, "a", " mine")
    page.show_sections([SectionShown(Section("a", "Title a", "theirs", 1), "Written by S. Aro")])
    assert found.text.stored == "one mine"
    assert "S. Aro, while you wrote" in found._note.words
    assert found.seen["text"] == "one"  # so that the overwrite shows
    found._below.click()
    assert found.text.stored == "one mine\n\ntheirs"


def test_a_text_that_was_written_over_can_be_added_again(page: NarrativePage, qtbot: QtBot) -> None:
    page.show_sections([shown("a", "mine", lost="theirs", lost_words="S. Aro wrote over a text")])
    found = card(page, "a")
    assert found._note.words == "S. Aro wrote over a text"
    with qtbot.waitSignal(page.written) as written:
        found._below.click()
    assert written.args[1] == {"text": "mine\n\ntheirs"}


def test_a_section_that_somebody_withdrew_stays_while_words_in_it_are_in_no_entry(
    page: NarrativePage, qtbot: QtBot
) -> None:
    page.show_sections([shown("a", "one"), shown("b", "two")])
    type_in(page, qtbot, "a", "!")
    page.show_sections([])
    assert [each.id for each in page.cards] == ["a"]


def test_whoever_may_only_read_cannot_write(page: NarrativePage) -> None:
    page.show_sections([shown("a", "one")])
    page.set_may_write(False, "You read this case.")
    found = card(page, "a")
    assert found.text.isReadOnly() and found.title.isReadOnly() and not page.add.isEnabled()
    assert found.isEnabled()  # what is cited can be followed
    page.show_sections([])
    assert not page.empty.button.isVisible()
    assert page.empty.accessibleDescription().endswith("You read this case.")
    page.set_may_write(True)
    assert page.empty.button.isVisible()


def test_right_to_left_and_very_long_texts_fit(page: NarrativePage) -> None:
    page.show_sections([shown("a", "الذراع خلف الظهر " * 200), shown("b", "x" * 10_000)])
    for each in page.cards:
        assert each.text.height() >= each.text.document().size().height()
    page.grab()
