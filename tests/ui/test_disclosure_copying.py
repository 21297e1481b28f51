"""The sheet by which what one request hides is put on another: what it offers, what it leaves out, what it asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from reviewer.domain.redaction import Redaction, SoundEdit, SoundWay
from reviewer.domain.request import Request, RequestKind
from reviewer.domain.timebase import Utc
from reviewer.services.redaction import all_of, copying
from reviewer.ui.actions import KeyTable
from reviewer.ui.disclosure_copying import CopyingForm, Offer
from reviewer.ui.preferences import PreferenceStore
from tests.ui.test_disclosure import HIDES, REC

FROM = Request("r1", RequestKind.ACCESS, "FOI-1", "A. Niemi")
OTHERS = tuple(Request(f"r{n}", RequestKind.ACCESS, f"FOI-{n}", "B. Virta") for n in (2, 3))


@pytest.fixture
def form(qtbot: QtBot) -> CopyingForm:
    made = CopyingForm(KeyTable(PreferenceStore()))
    qtbot.addWidget(made)
    made.begin(FROM, OTHERS, "")
    made.show_offers((Offer("All of the request: 2 things", 2), Offer("M1 alone: 0 things", 0, "It is there already.")))
    return made


def test_it_asks_for_what_is_chosen(form: CopyingForm, qtbot: QtBot) -> None:
    form.to.choose("r3")
    with qtbot.waitSignal(form.asked) as asked:
        form.copy.click()
    assert asked.args == ["r3", 0]


def test_what_cannot_be_copied_says_why(form: CopyingForm, qtbot: QtBot) -> None:
    form.what.choose(1)
    form.show_offers((Offer("All of the request: 2 things", 2), Offer("M1 alone: 0 things", 0, "It is there already.")))
    assert form.note.text() == "It is there already." and "nothing to copy" in form.copy.toolTip()
    form.begin(FROM, (), "")
    form.show_offers(())
    assert "no other open request" in form.copy.toolTip()
    form.begin(FROM, OTHERS, "You only read here.")
    form.show_offers((Offer("All of the request: 2 things", 2),))
    with qtbot.assertNotEmitted(form.asked):
        form.submit()
    assert form.copy.toolTip() == "You only read here."


def test_the_same_and_what_lies_elsewhere_are_left_out() -> None:
    every = all_of(HIDES)
    assert copying(every, Redaction(), {REC}).things == every
    there = Redaction((replace(HIDES.masks[0], id="x", of="r2", number=9, reason="youth", words="another"),))
    found = copying(every, there, {REC})
    assert found.things == every[1:] and (found.there, found.elsewhere) == (1, 0)
    moved = Redaction((replace(HIDES.masks[0], end=Utc(HIDES.masks[0].end + 1)),))
    assert copying(every[:1], moved, {REC}).there == 0  # it hides longer: not the same
    away = SoundEdit("s9", "r1", "rec-9", Utc(0), Utc(1), SoundWay.MUTE)
    assert copying((away,), Redaction(), {REC}) == replace(found, things=(), there=0, elsewhere=1)
