"""Questions to the map, beside the pictures: what is asked, a sentence, and the list. Shows answers, gives none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look, Segmented
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.review.place_list import PlaceList
from reviewer.ui.review.place_rows import PlaceRow
from reviewer.ui.widgets import label, strong, surface


class Question(Enum):
    """What can be asked, in the order of the pages."""

    HERE = "Here"
    ABSENT = "Not rolling"
    NEAREST = "Nearest"
    TOGETHER = "Together"
    STOPS = "Stops"


REACHES: dict[Question, tuple[int, ...]] = {
    Question.HERE: (0, 25, 50, 100),
    Question.ABSENT: (0, 25, 50, 100),
    Question.TOGETHER: (10, 25, 50, 100),
    Question.STOPS: (1, 2, 5, 15),
}
"""By question the distances (m) that can be chosen; of stops, how long they are at least (min)."""
_NEEDS_PLACE = {Question.HERE, Question.ABSENT, Question.NEAREST}
_EMPTY = {
    Question.HERE: ("map", "No place drawn", "Draw one on the map: whose cameras were there, and when, stands here."),
    Question.ABSENT: ("video-off", "No place drawn", "Draw one: who was there while their camera did not roll."),
    Question.NEAREST: ("focus-2", "No place drawn", "Draw one: which camera was nearest at the play-head."),
    Question.TOGETHER: ("users", "Nobody near anybody", "No two officers’ cameras are known to have been that near."),
    Question.STOPS: ("player-pause", "No stops", "No camera is known to have stayed anywhere that long."),
}
_TOLD = "Cameras, not people. No fix, no claim."


@dataclass(frozen=True, slots=True)
class PlaceState:
    """All that the tab shows. `place`: the drawn one in words, "" for none; `sentence`: the answer; `busy`: it is being
    looked for; `reach` in metres."""

    question: Question = Question.HERE
    place: str = ""
    reach: int = 0
    sentence: str = ""
    rows: tuple[PlaceRow, ...] = ()
    busy: bool = False
    drawing: bool = False
    tracks: bool = True


class PlacePanel(QWidget):
    """`command` carries the id of a command in the actions table, `turned` a Question, `reached` metres, `went` the
    PlaceRow that somebody wants to see."""

    command = Signal(str)
    turned = Signal(object)
    reached = Signal(object)
    went = Signal(object)

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = PlaceState()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("pane", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Places")
        self.setMinimumWidth(300)
        self.pages = Segmented([(q, q.value) for q in Question], name="What is asked of the map")
        self.pages.chosen.connect(self.turned)
        self.draw = self._button(keys, "places.draw", "Draw a place", "map", Look.DEFAULT)
        self.clear = IconButton("No place any more", "x")
        self.clear.clicked.connect(lambda: self.command.emit("places.clear"))
        self.save = self._button(keys, "places.save", "Save", "file-export", Look.QUIET)
        self.reach = _Reach()
        self.reach.reached.connect(self.reached)
        self._place = label("", Type.META, "text2")
        self._sentence = label("", Type.BODY, wrap=True)
        self.list = PlaceList()
        self.list.went.connect(self.went)
        self._empty = _Empty()
        self._stack = QStackedWidget()
        for page in (self.list, self._empty):
            self._stack.addWidget(page)
        self._compose()
        self.show_state(self.state)

    def _button(self, keys: KeyTable, command: str, words: str, icon: str, look: Look) -> Button:
        button = keys.wear(Button(words, icon=icon, look=look, height=28), command)
        button.clicked.connect(lambda: self.command.emit(command))
        return button

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = surface(2, "bottom")
        rows = QVBoxLayout(head)
        rows.setContentsMargins(12, 6, 12, 6)
        rows.setSpacing(6)
        rows.addWidget(self.pages)
        line = QHBoxLayout()
        line.setSpacing(6)
        for each in (self.draw, self.reach):
            line.addWidget(each)
        line.addStretch()
        rows.addLayout(line)
        rows.addWidget(self._place)
        column.addWidget(head)
        said = QVBoxLayout()
        said.setContentsMargins(12, 8, 12, 8)
        said.addWidget(self._sentence)
        column.addLayout(said)
        column.addWidget(self._stack, 1)
        foot = surface(1, "top")
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 2, 4, 2)
        row.addWidget(label(_TOLD, Type.META, "text3"), 1)
        row.addWidget(self.clear)
        row.addWidget(self.save)
        column.addWidget(foot)

    @property
    def words(self) -> str:
        """All that is said, for tests and for assistive technology."""
        rows = "\n".join(r.spoken for r in self.state.rows)
        return "\n".join(p for p in (self._sentence.text(), rows) if p)

    def show_state(self, state: PlaceState) -> None:
        """What was asked and answered, now."""
        self.state = state
        self.pages.choose(state.question)
        needs = state.question in _NEEDS_PLACE
        self.draw.setVisible(needs)
        self.clear.set_enabled(bool(state.place), "No place is drawn.")
        self.save.set_enabled(bool(state.rows), "There is no answer to save.")
        self.draw.set_words("Drawing …" if state.drawing else "Draw a place")
        self.reach.offer(state.question, state.reach)
        self._place.setText(state.place)
        self._place.setVisible(needs and bool(state.place))
        self._sentence.setText("Asking the map …" if state.busy else state.sentence)
        self._sentence.setVisible(bool(self._sentence.text()))
        self.list.show_rows(state.rows)
        self._say_empty(needs and not state.place)
        self._stack.setCurrentWidget(self.list if state.rows or state.busy else self._empty)

    def _say_empty(self, unasked: bool) -> None:
        state = self.state
        icon, headline, sentence = _EMPTY[state.question]
        if not state.tracks:
            icon, headline, sentence = "satellite", "No tracks", "No camera of this case has a position to ask about."
        elif not unasked and state.question in _NEEDS_PLACE:
            icon, headline, sentence = "map", "Nobody known here", "Try a wider distance, or another place."
        self._empty.say(icon, headline, sentence)


def _reach_words(question: Question, reach: int) -> str:
    """Short, as four of them stand beside a button: the last one has the unit."""
    if question is Question.STOPS:
        return f"{reach} min"
    if not reach:
        return "Inside"
    return f"{'+' if question in _NEEDS_PLACE else ''}{reach}{' m' if reach == 100 else ''}"


class _Empty(QWidget):
    """No answer, and what gives one."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 8, 24, 8)
        column.setSpacing(4)
        column.addStretch()
        self._icon = IconLabel("map", 28)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        self._headline = strong("")
        self._sentence = label("", Type.DETAIL, "text2", wrap=True)
        for each in (self._headline, self._sentence):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(each)
        column.addStretch()

    def say(self, icon: str, headline: str, sentence: str) -> None:
        self._icon.show_icon(icon, "text2")
        self._headline.setText(headline)
        self._sentence.setText(sentence)


class _Reach(QWidget):
    """How far from the place, or from each other."""

    reached = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._offered: Question | None = None
        self._choices: Segmented | None = None

    def offer(self, question: Question, chosen: int) -> None:
        """What this question can be asked with."""
        reaches = REACHES.get(question, ())
        if self._offered is not question:
            self._offered = question
            if self._choices is not None:
                self._row.removeWidget(self._choices)
                self._choices.deleteLater()
                self._choices = None
            if reaches:
                words = [(m, _reach_words(question, m)) for m in reaches]
                self._choices = Segmented(words, name="How long" if question is Question.STOPS else "Distance")
                self._choices.chosen.connect(self.reached)
                self._row.addWidget(self._choices)
        self.setVisible(bool(reaches))
        if self._choices is not None and chosen in reaches:
            self._choices.choose(chosen)
