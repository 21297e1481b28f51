"""The vocabulary: accessible names, reasons for what is disabled, the focus ring, words that wrap."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import WrongPassphrase
from reviewer.ui.buttons import Button, IconButton, Segmented
from reviewer.ui.elided import Elided
from reviewer.ui.focus_ring import FocusRing
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import Chip, EmptyState, ErrorNote, KeyCap, ProgressStrip, Tag, label, percent


def test_names_are_the_words_on_the_screen(qtbot: QtBot) -> None:
    strip = ProgressStrip("A. Niemi coming down")
    strip.set_fraction(0.63)
    made = [
        (Button("Sign and add", key="Ctrl ↵"), "Sign and add"),
        (IconButton("Zoom in", "zoom-in"), "Zoom in"),
        (Tag("corrupt", Tone.STOP, "shield-x"), "corrupt"),
        (Chip(3), "Camera 3"),
        (KeyCap("Ctrl L"), "Key Ctrl L"),
        (strip, "A. Niemi coming down, 63 %"),
        (EmptyState("inbox", "No cases", "One comes by itself."), "No cases"),
    ]
    for widget, name in made:
        qtbot.addWidget(widget)
        assert widget.accessibleName() == name


def test_a_disabled_button_says_why(qtbot: QtBot) -> None:
    button = Button("Release")
    qtbot.addWidget(button)
    button.set_enabled(False, "The list is not done.")
    assert (button.toolTip(), button.accessibleDescription()) == ("The list is not done.",) * 2
    button.set_enabled(True)
    assert not button.toolTip()


def test_a_button_without_words_says_its_name_where_the_pointer_rests(qtbot: QtBot) -> None:
    button = IconButton("Next clip", "player-skip-forward")
    qtbot.addWidget(button)
    assert button.toolTip() == "Next clip"
    button.set_enabled(False, "This is the last clip.")
    assert button.toolTip() == "This is the last clip."
    button.set_enabled(True)
    assert button.toolTip() == "Next clip"


@pytest.mark.parametrize("height", [28, 32, 40])
def test_targets_are_at_least_28_px(qtbot: QtBot, height: int) -> None:
    for button in (Button("A", height=height), IconButton("Zoom", "zoom-in")):
        qtbot.addWidget(button)
        assert min(button.sizeHint().width(), button.sizeHint().height()) >= 28


def test_segments_are_chosen_by_mouse_and_arrows(qtbot: QtBot) -> None:
    control = Segmented([("a", "Everything"), ("b", "Views"), ("c", "Work")], name="Which entries")
    qtbot.addWidget(control)
    control.show()
    chosen: list[object] = []
    control.chosen.connect(chosen.append)
    qtbot.mouseClick(control.segment("b"), Qt.MouseButton.LeftButton)
    assert (control.value, chosen) == ("b", ["b"])
    control.choose("c")
    assert (control.value, chosen) == ("c", ["b"])
    with pytest.raises(ValueError, match="d"):
        control.choose("d")


def test_an_error_stands_in_place_with_its_next_step(qtbot: QtBot) -> None:
    note = ErrorNote()
    qtbot.addWidget(note)
    assert note.isHidden()
    note.say(WrongPassphrase("That passphrase does not open the key.", "4 tries left."))
    assert note.words == "That passphrase does not open the key. 4 tries left."
    assert note.accessibleName() == note.words
    note.clear()
    assert note.isHidden()


def test_an_errors_words_stand_beside_its_icon_in_a_pane_with_room(qtbot: QtBot) -> None:
    pane = QWidget()
    qtbot.addWidget(pane)
    column = QVBoxLayout(pane)
    note = ErrorNote()
    column.addWidget(note)
    column.addWidget(QWidget(), 1)
    pane.resize(300, 600)
    pane.show()
    note.say("The request hides others; its recordings are not given as they are. Register another one for that.")
    qtbot.waitUntil(lambda: note.height() >= note.sizeHint().height())
    assert note.height() < 120
    assert len({each.y() for each in note.findChildren(QWidget)}) == 1


@pytest.mark.parametrize("width", [348, 900])
def test_an_empty_panes_sentence_wraps_in_the_middle_of_it(qtbot: QtBot, width: int) -> None:
    empty = EmptyState("eraser", "Nothing hidden", "Nothing is hidden in this recording yet.", button="Box mask")
    pane = QWidget()
    qtbot.addWidget(pane)
    column = QVBoxLayout(pane)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(empty)
    pane.setFixedSize(width, 400)
    pane.show()
    qtbot.waitUntil(lambda: empty.width() == width)

    def inside() -> bool:
        places = [each.geometry() for each in empty.findChildren(QWidget)]
        return all(p.left() >= 0 and p.right() < width and abs(p.center().x() - width / 2) <= 2 for p in places)

    qtbot.waitUntil(inside)


def test_markup_in_words_is_shown_and_not_obeyed(qtbot: QtBot) -> None:
    made = label("<b>bold</b><img src=x>")
    qtbot.addWidget(made)
    assert made.textFormat() is Qt.TextFormat.PlainText


def test_wrapped_words_get_the_height_they_need(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    column = QVBoxLayout(box)
    words = label("A sentence that is long enough to need several lines in a narrow column. " * 2, wrap=True)
    below = label("below")
    column.addWidget(words)
    column.addWidget(below)
    column.addStretch()
    box.resize(220, 400)
    box.show()
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()))
    assert below.y() >= words.geometry().bottom()


def test_words_without_room_end_in_an_ellipsis_and_their_tip_has_them_all(qtbot: QtBot) -> None:
    said = Elided("Proxies 0 %, paused: other programs need the machine", hint="Ctrl Shift P goes on")
    qtbot.addWidget(said)
    said.resize(said.sizeHint())
    said.show()
    assert (said.shown, said.toolTip()) == (said.text(), "Ctrl Shift P goes on")
    said.resize(120, 20)
    qtbot.waitUntil(lambda: said.shown.endswith("…") and said.shown.startswith("Proxies"))
    assert said.toolTip() == f"{said.text()}\nCtrl Shift P goes on"


def test_percent_is_rounded_down() -> None:
    assert [percent(f) for f in (0.0, 0.996, 0.999999, 1.0, 0.29)] == ["0 %", "99 %", "99 %", "100 %", "29 %"]


class Form(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.field, self.button = QLineEdit(), Button("Press")
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.button)


def test_the_focus_ring_is_two_px_off_and_follows_tab(qtbot: QtBot, qapp: QApplication) -> None:
    ring = FocusRing(qapp)
    form = Form()
    qtbot.addWidget(form)
    form.show()
    qtbot.waitUntil(form.isActiveWindow)
    form.field.setFocus()
    assert ring.around is form.field
    qtbot.keyClick(form.field, Qt.Key.Key_Tab)
    assert ring.around is form.button
    overlay = next(w for w in form.children() if isinstance(w, QWidget) and w not in (form.field, form.button))
    spot = form.button.mapTo(form, QPoint(0, 0))
    assert (spot.x() - overlay.x(), overlay.width() - form.button.width()) == (4, 8)
    form.resize(form.width() + 100, form.height())
    assert overlay.width() - form.button.width() == 8
    ring.deleteLater()


def test_no_ring_is_drawn_around_what_is_parked_beyond_its_parent(qtbot: QtBot, qapp: QApplication) -> None:
    ring = FocusRing(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 200)
    pane = QWidget(window)
    pane.setGeometry(300, 0, 300, 200)
    parked = Button("Spare", parent=pane)
    parked.move(-200, 50)  # within the window, and not within the pane
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    parked.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring.around is None
    parked.move(20, 50)
    assert ring.around is parked
    ring.deleteLater()


def test_the_focus_ring_is_cut_where_a_list_scrolls(qtbot: QtBot, qapp: QApplication) -> None:
    ring = FocusRing(qapp)
    area = QScrollArea()
    qtbot.addWidget(area)
    inside = QWidget()
    inside.setFixedSize(100, 1000)
    button = Button("Far below", parent=inside)
    button.move(0, 900)
    area.setWidget(inside)
    area.resize(150, 200)
    area.show()
    qtbot.waitUntil(area.isActiveWindow)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    area.verticalScrollBar().setValue(0)
    assert ring.around is None
    area.ensureWidgetVisible(button)
    assert ring.around is button
    ring.deleteLater()
