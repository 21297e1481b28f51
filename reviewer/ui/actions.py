"""Every key of the program in one table: what it does, how it is remapped, when it rests.

Letter keys rest while a text field has the focus and Esc leaves the field; a list keeps its arrows and a button that
Tab reached keeps Space and Enter. Keys of another screen never fire: a shortcut lives on its screen, which is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from reviewer.domain.errors import ReviewerError
from reviewer.ui.buttons import Button
from reviewer.ui.preferences import Preferences, PreferenceStore


class Where(Enum):
    """Where a key holds. Two commands may share a key if neither holds everywhere and they hold in different places."""

    EVERYWHERE = "Everywhere"
    REVIEW = "Review"
    LISTS = "Queue and log"
    RECORDINGS = "Recordings"
    INTAKE = "Intake"
    STORE = "Store"
    LOG = "Log"


@dataclass(frozen=True, slots=True)
class Command:
    """`key` is the default in Qt's portable words ("Ctrl+L"); `group` is its heading in the sheet."""

    id: str
    words: str
    key: str
    group: str
    where: Where = Where.REVIEW


_CAMERAS = tuple(Command(f"camera.{n}", f"Focus camera {n}", str(n), "Cameras") for n in range(1, 10))
_HEAR = tuple(Command(f"hear.{n}", f"Hear camera {n}", f"Shift+{n}", "Cameras") for n in range(1, 10))
_MIX = tuple(Command(f"mix.{n}", f"Hear camera {n} too, or no more", f"Ctrl+Shift+{n}", "Sound") for n in range(1, 10))

_PICTURE = (
    Command("look.nearer", "Look nearer", "+", "Picture"),
    Command("look.farther", "Look from farther", "-", "Picture"),
    Command("look.whole", "The whole picture", "W", "Picture"),
    Command("look.left", "Look farther left", "Ctrl+Shift+Left", "Picture"),
    Command("look.right", "Look farther right", "Ctrl+Shift+Right", "Picture"),
    Command("look.up", "Look farther up", "Ctrl+Shift+Up", "Picture"),
    Command("look.down", "Look farther down", "Ctrl+Shift+Down", "Picture"),
    Command("look.turn", "Turn the picture a quarter", "Q", "Picture"),
    Command("look.brighter", "Brighter", "U", "Picture"),
    Command("look.darker", "Darker", "Shift+U", "Picture"),
    Command("look.contrast", "More contrast", "D", "Picture"),
    Command("look.flatter", "Less contrast", "Shift+D", "Picture"),
    Command("look.gamma", "Lighter middle tones (gamma)", "E", "Picture"),
    Command("look.gamma_down", "Darker middle tones (gamma)", "Shift+E", "Picture"),
    Command("look.undo", "Undo the last change of the look", "Alt+Z", "Picture"),
    Command("look.reset", "Look at the picture as recorded", "Shift+W", "Picture"),
    Command("compare.toggle", "Hold this instant to compare, or end that", "C", "Picture"),
    Command("compare.again", "Hold this instant instead", "Shift+C", "Picture"),
    Command("compare.swap", "Go to the held instant, hold this one", "Alt+C", "Picture"),
    Command("still.save", "Save a still of the focused camera", "S", "Picture"),
    Command("still.all", "Save a still of every picture, or stop that", "Shift+S", "Picture"),
)

_INTAKE = (
    Command("intake.folder", "Choose a folder to take in", "Ctrl+O", "Intake", Where.INTAKE),
    Command("intake.files", "Choose files to take in", "Ctrl+Shift+O", "Intake", Where.INTAKE),
    Command("intake.take", "Take in what is planned, or go on", "Ctrl+Return", "Intake", Where.INTAKE),
    Command("intake.stop", "Stop looking or taking in", "Ctrl+.", "Intake", Where.INTAKE),
    Command("intake.clear", "Put the plan away", "Ctrl+Backspace", "Intake", Where.INTAKE),
    Command("intake.leave", "Leave the recording out, or not", "Del", "Intake", Where.INTAKE),
    Command("intake.officer", "Whose recording it is", "O", "Intake", Where.INTAKE),
    Command("intake.incidents", "Incident numbers", "I", "Intake", Where.INTAKE),
    Command("intake.event", "Kind of event", "E", "Intake", Where.INTAKE),
    Command("intake.restrict", "Restricted, or not", "R", "Intake", Where.INTAKE),
    Command("intake.all", "The same officer, incidents and event for all", "Shift+O", "Intake", Where.INTAKE),
    Command("intake.dock", "The dock, or the plan again", "D", "Intake", Where.INTAKE),
    Command("dock.add", "Watch a folder", "Ctrl+N", "Intake", Where.INTAKE),
    Command("dock.toggle", "Start or stop watching the folder", "S", "Intake", Where.INTAKE),
    Command("dock.remove", "Watch the folder no longer", "Shift+Del", "Intake", Where.INTAKE),
)

_RECORDINGS = (
    Command("recordings.all", "Recordings", "1", "Recordings", Where.RECORDINGS),
    Command("recordings.cases", "Cases and their people", "2", "Recordings", Where.RECORDINGS),
    Command("recordings.pending", "What waits for a second signature", "3", "Recordings", Where.RECORDINGS),
    Command("recordings.assign", "Assign the picked recordings", "A", "Recordings", Where.RECORDINGS),
    Command("recordings.release", "Release for training", "R", "Recordings", Where.RECORDINGS),
    Command("recordings.withdraw", "Withdraw from training", "Shift+R", "Recordings", Where.RECORDINGS),
    Command("recordings.take_off", "Take somebody off the case", "T", "Recordings", Where.RECORDINGS),
    Command("recordings.hand_over", "Hand the case over", "H", "Recordings", Where.RECORDINGS),
    Command("recordings.of_case", "Show the case’s recordings", "S", "Recordings", Where.RECORDINGS),
    Command("recordings.map", "Search where the map looks", "M", "Recordings", Where.RECORDINGS),
    Command("recordings.draw", "Draw a place and search there", "D", "Recordings", Where.RECORDINGS),
    Command("recordings.key", "Open or forget the custody key", "K", "Recordings", Where.RECORDINGS),
    Command("recordings.clear", "Clear the search", "X", "Recordings", Where.RECORDINGS),
    Command("recordings.sign", "Sign", "Ctrl+Return", "Recordings", Where.RECORDINGS),
    Command("recordings.back", "Back, nothing signed", "Backspace", "Recordings", Where.RECORDINGS),
)

_STORE = (
    Command("store.check", "Check the store, or go on", "C", "Store", Where.STORE),
    Command("store.deep", "Check every byte, or go on", "D", "Store", Where.STORE),
    Command("store.anew", "Check every byte from the beginning", "Shift+D", "Store", Where.STORE),
    Command("store.stop", "Stop the check", "Ctrl+.", "Store", Where.STORE),
    Command("store.sign", "Sign and save the report", "Ctrl+Return", "Store", Where.STORE),
    Command("store.recording", "How a recording is kept", "R", "Store", Where.STORE),
    Command("store.retain", "Keep it until the day in the field", "Ctrl+K", "Store", Where.STORE),
    Command("store.hold", "Set or lift its legal hold", "Ctrl+H", "Store", Where.STORE),
)

_LOG = (
    Command("log.kind1", "Every entry", "1", "Log", Where.LOG),
    Command("log.kind2", "Views", "2", "Log", Where.LOG),
    Command("log.kind3", "Work", "3", "Log", Where.LOG),
    Command("log.kind4", "Refusals", "4", "Log", Where.LOG),
    Command("log.kind5", "Exports", "5", "Log", Where.LOG),
    Command("log.user", "Whose entries", "P", "Log", Where.LOG),
    Command("log.case", "Which case", "C", "Log", Where.LOG),
    Command("log.camera", "Which camera", "M", "Log", Where.LOG),
    Command("log.when", "When", "D", "Log", Where.LOG),
    Command("log.who_watched", "Who has watched this recording", "W", "Log", Where.LOG),
    Command("log.what_watched", "What has this person watched", "V", "Log", Where.LOG),
    Command("log.who_exported", "Who exported", "X", "Log", Where.LOG),
    Command("log.second", "Who watched this second?", "H", "Log", Where.LOG),
    Command("log.clear", "Show all entries", "Backspace", "Log", Where.LOG),
    Command("log.entry", "The picked entry and its proof", "E", "Log", Where.LOG),
    Command("log.again", "Check the entry’s proof again", "K", "Log", Where.LOG),
    Command("log.check", "Check every entry", "Shift+K", "Log", Where.LOG),
    Command("log.copy", "Copy the entry’s proof", "Ctrl+Shift+C", "Log", Where.LOG),
    Command("log.export", "Export for court", "Ctrl+E", "Log", Where.LOG),
    Command("log.review", "The week that is to be reviewed", "R", "Log", Where.LOG),
    Command("log.sign", "Sign and export, or sign the review", "Ctrl+Return", "Log", Where.LOG),
    Command("log.stop", "Stop the export", "Ctrl+.", "Log", Where.LOG),
)

_CLOCKS = (
    Command("clocks.show", "Clocks, or the annotations again", "Y", "Clocks"),
    Command("clocks.sound", "Compare the cameras’ sound", "Shift+Y", "Clocks"),
    Command("clocks.stop", "Stop comparing", "Ctrl+.", "Clocks"),
    Command("clocks.accept", "Accept what is proposed", "Alt+Y", "Clocks"),
    Command("clocks.withdraw", "Back to the signed clocks", "Ctrl+Y", "Clocks"),
    Command("clocks.undo", "Undo the last change of the clocks (a new entry)", "Ctrl+Shift+Y", "Clocks"),
    Command("clocks.redo", "Redo it", "Alt+Shift+Y", "Clocks"),
    Command("clocks.cue", "The same event: mark it in one camera, then in another", "P", "Clocks"),
    Command("clocks.offset", "State how far the focused camera’s clock is off", "Alt+P", "Clocks"),
    Command("clocks.against", "Compare the focused camera with the next one", "Alt+O", "Clocks"),
    Command("clocks.frame_back", "Focused camera a frame earlier against the other", "Alt+,", "Clocks"),
    Command("clocks.frame_on", "Focused camera a frame later against the other", "Alt+.", "Clocks"),
    Command("clocks.ms_back", "Focused camera 1 ms earlier against the other", "Alt+Shift+,", "Clocks"),
    Command("clocks.ms_on", "Focused camera 1 ms later against the other", "Alt+Shift+.", "Clocks"),
    Command("clocks.nudged", "Take the nudge as a marked event", "Alt+Return", "Clocks"),
)

_PLACES = (
    Command("places.show", "Places: who was where, or the annotations again", "Shift+H", "Places"),
    Command("places.draw", "Draw a place on the map: who was there", "Shift+P", "Places"),
    Command("places.nearest", "Nearest camera to the place now", "Shift+N", "Places"),
    Command("places.turn", "Next question to the map", "Alt+H", "Places"),
    Command("places.wider", "A wider distance, then the smallest again", "Alt+W", "Places"),
    Command("places.clear", "No place any more", "Ctrl+Backspace", "Places"),
    Command("places.save", "Save what the map answered", "Ctrl+E", "Places"),
)

_MAP = (
    Command("map.large", "Map over the wall, or back in its place", "Shift+G", "Map"),
    Command("map.follow", "The map follows the officers, or not", "Alt+M", "Map"),
    Command("map.trail", "A longer trail on the map, then none, then the shortest", "Alt+T", "Map"),
    Command("map.closer", "Map closer", "Alt+=", "Map"),
    Command("map.farther", "Map from farther", "Alt+-", "Map"),
    Command("map.all", "All tracks on the map", "Alt+0", "Map"),
)

_ORDER = (
    Command("order.mark", "Which came first: mark one moment, then the other", "Shift+B", "Order"),
    Command("order.show", "Which came first, or the annotations again", "Alt+B", "Order"),
    Command("order.undo", "Undo the last order (a new entry)", "Ctrl+Shift+B", "Order"),
    Command("order.redo", "Redo it", "Alt+Shift+B", "Order"),
    Command("order.save", "Save which came first", "Ctrl+Alt+B", "Order"),
)

_TRACKS = (
    Command("tracks.show", "Tracks of the case: add one from a file", "Shift+T", "Tracks"),
    Command("tracks.file", "Choose the track’s file", "Ctrl+O", "Tracks"),
    Command("tracks.add", "Add the track to the case", "Ctrl+T", "Tracks"),
    Command("tracks.withdraw", "Withdraw the picked track", "Ctrl+Del", "Tracks"),
    Command("tracks.undo", "Undo what was added or withdrawn (a new entry)", "Ctrl+Z", "Tracks"),
    Command("tracks.export", "Save the tracks as GPX, KML or GeoJSON", "Ctrl+Shift+T", "Tracks"),
)

COMMANDS: tuple[Command, ...] = (
    Command("play.toggle", "Play, stop", "Space", "Playing"),
    Command("play.turn", "Turn round, playing", "Shift+Space", "Playing"),
    Command("play.slower", "Back, faster at each press", "J", "Playing"),
    Command("play.stop", "Stop; held with J or L frame by frame", "K", "Playing"),
    Command("play.faster", "Faster at each press", "L", "Playing"),
    Command("speed.slower", "Next slower speed", "Shift+J", "Playing"),
    Command("speed.normal", "Speed 1×", "Shift+K", "Playing"),
    Command("speed.faster", "Next faster speed", "Shift+L", "Playing"),
    Command("frame.back", "One frame back, focused camera", ",", "Playing"),
    Command("frame.forward", "One frame on, focused camera", ".", "Playing"),
    Command("frame.back10", "10 frames back", "Shift+,", "Playing"),
    Command("frame.forward10", "10 frames on", "Shift+.", "Playing"),
    Command("seek.back", "1 s back", "Left", "Playing"),
    Command("seek.forward", "1 s on", "Right", "Playing"),
    Command("seek.back5", "5 s back", "Shift+Left", "Playing"),
    Command("seek.forward5", "5 s on", "Shift+Right", "Playing"),
    Command("seek.back30", "30 s back", "Ctrl+Left", "Playing"),
    Command("seek.forward30", "30 s on", "Ctrl+Right", "Playing"),
    Command("edge.previous", "Previous start or end of a part", "Alt+Left", "Playing"),
    Command("edge.next", "Next start or end of a part", "Alt+Right", "Playing"),
    Command("time.type", "Type a time, local or UTC", "T", "Playing"),
    Command("loop.toggle", "Loop the range", "R", "Playing"),
    Command("mark.previous", "Previous mark", "Up", "Marks"),
    Command("mark.next", "Next mark", "Down", "Marks"),
    Command("unwatched.previous", "Previous unwatched stretch", "[", "Marks"),
    Command("unwatched.next", "Next unwatched stretch", "]", "Marks"),
    Command("unseen.previous", "Previous stretch that nobody saw", "Shift+X", "Marks"),
    Command("unseen.next", "Next stretch that nobody saw", "X", "Marks"),
    Command("second.who", "Who watched this second?", "H", "Marks"),
    Command("bookmark.add", "Bookmark", "B", "Marks"),
    Command("range.in", "In of a range", "I", "Marks"),
    Command("range.out", "Out of a range", "O", "Marks"),
    Command("range.clear", "No range, no loop", "Shift+R", "Marks"),
    Command("range.to_in", "Go to the in point", "Shift+I", "Marks"),
    Command("range.to_out", "Go to the out point", "Shift+O", "Marks"),
    Command("note.write", "Annotate the moment or range", "N", "Marks"),
    Command("note.sign", "Sign and add", "Ctrl+Return", "Marks"),
    Command("undo", "Undo (a new entry)", "Z", "Marks"),
    Command("redo", "Redo", "Shift+Z", "Marks"),
    *_CAMERAS,
    *_HEAR,
    Command("wall.back", "Back to the wall", "0", "Cameras"),
    Command("wall.layout", "Next layout", "G", "Cameras"),
    Command("picture.full", "Picture full screen", "F", "Cameras"),
    *_PICTURE,
    Command("part.fetch", "Fetch this part of the focused camera first", "Ctrl+D", "Cameras"),
    Command("restricted.say_why", "Say why the focused restricted camera is viewed", "Ctrl+R", "Cameras"),
    Command("screening.open", "Play the focused camera in the second player", "V", "Cameras"),
    Command("film.toggle", "Filmstrip of the focused camera", "Shift+F", "Timeline"),
    Command("timeline.closer", "Show less time", "Ctrl+=", "Timeline"),
    Command("timeline.farther", "Show more time", "Ctrl+-", "Timeline"),
    Command("timeline.all", "Show all time", "Ctrl+0", "Timeline"),
    Command("sound.mute", "Mute all", "M", "Sound"),
    Command("sound.panel", "Levels of all cameras", "A", "Sound"),
    Command("sound.solo", "Only the focused camera, or all again", "Shift+A", "Sound"),
    Command("sound.louder", "Focused camera louder", "Ctrl+Up", "Sound"),
    Command("sound.softer", "Focused camera softer", "Ctrl+Down", "Sound"),
    *_MIX,
    *_CLOCKS,
    *_PLACES,
    *_MAP,
    *_TRACKS,
    *_ORDER,
    Command("rolling.show", "Who rolled when: late, silent, missing", "Alt+R", "Timeline"),
    Command("case.open", "Open the selected case", "Return", "Lists", Where.LISTS),
    Command("case.fetch", "Fetch the selected case", "Ctrl+D", "Lists", Where.LISTS),
    *_STORE,
    *_LOG,
    *_RECORDINGS,
    Command("list.find", "Find", "Ctrl+F", "Lists", Where.EVERYWHERE),
    Command("list.again", "Ask again", "F5", "Lists", Where.EVERYWHERE),
    *_INTAKE,
    Command("go.queue", "Go to the queue", "Ctrl+1", "Program", Where.EVERYWHERE),
    Command("go.review", "Go to the review", "Ctrl+2", "Program", Where.EVERYWHERE),
    Command("go.log", "Go to the log", "Ctrl+3", "Program", Where.EVERYWHERE),
    Command("go.recordings", "Go to the recordings", "Ctrl+4", "Program", Where.EVERYWHERE),
    Command("go.intake", "Go to the intake", "Ctrl+5", "Program", Where.EVERYWHERE),
    Command("go.store", "Go to the store", "Ctrl+6", "Program", Where.EVERYWHERE),
    Command("sync.pause", "Pause what comes down, or go on", "Ctrl+Shift+D", "Program", Where.EVERYWHERE),
    Command("proxies.pause", "Pause making proxies, or go on", "Ctrl+Shift+P", "Program", Where.EVERYWHERE),
    Command("lock", "Lock, cover the picture", "Ctrl+L", "Program", Where.EVERYWHERE),
    Command("pane.next", "Next pane", "F6", "Program", Where.EVERYWHERE),
    Command("help", "Keys and help", "F1", "Program", Where.EVERYWHERE),
)
_BY_ID = {c.id: c for c in COMMANDS}

_SHOWN = {
    "Return": "↵",
    "Enter": "↵",
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
    "Escape": "Esc",
    "Esc": "Esc",
    "-": "−",
}


def _split(key: str) -> tuple[list[str], str]:
    """What is held, and the key itself; the plus key ends a sequence as in "Ctrl++"."""
    if key == "+" or key.endswith("++"):
        return [part for part in key[:-1].split("+") if part], "+"
    *held, last = key.split("+")
    return held, last


def shown(key: str) -> str:
    """A key as it stands on a key cap: "Ctrl+Return" is "Ctrl ↵". "" stays ""."""
    held, last = _split(key)
    return " ".join((*held, _SHOWN.get(last, last)))


class KeyTaken(ReviewerError):
    """Another command has that key where this one would hold."""


class _Focus(Enum):
    OTHER = 0
    TEXT = 1
    LIST = 2
    BUTTON = 3


_ARROWS = {"Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown"}
_EDITING = _ARROWS | {"Backspace", "Del"} | set("ACVXYZ")
_PRESSING = {"Space", "Return", "Enter"}
_FUNCTION = re.compile(r"F\d+")


def is_text(widget: QWidget | None) -> bool:
    """Whether what is typed goes into this widget."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox)


def _focus(widget: QWidget | None) -> _Focus:
    if is_text(widget):
        return _Focus.TEXT
    if isinstance(widget, QAbstractButton | QComboBox):
        return _Focus.BUTTON
    if isinstance(widget, QAbstractItemView | QAbstractSlider):
        return _Focus.LIST
    return _Focus.OTHER


def _rests(key: str, focus: _Focus) -> bool:
    """Whether the focused widget needs this key (portable words) for itself."""
    if focus is _Focus.OTHER or not key:
        return False
    held, last = _split(key)
    ctrl, alt = "Ctrl" in held, bool({"Alt", "Meta"} & set(held))
    if focus is _Focus.TEXT:
        if ctrl:
            return last in _EDITING
        return not alt and last != "Esc" and not _FUNCTION.fullmatch(last)
    own = _ARROWS if focus is _Focus.LIST else _ARROWS | _PRESSING
    return not ctrl and not alt and last in own


class KeyTable(QObject):
    """Binds commands to callbacks, follows remaps, and lets keys rest. One a program; preferences hold the remaps."""

    changed = Signal(str)  # command id

    def __init__(self, preferences: PreferenceStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._bound: list[tuple[str, QShortcut]] = []
        self._buttons: list[tuple[str, Button]] = []
        self._state = _Focus.OTHER
        self._known = dict(preferences.now.keys)
        preferences.changed.connect(self._follow)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    def key(self, command: str) -> str:
        """The key of a command now, in portable words; "" if it has none. Raises KeyError for no such command."""
        default = _BY_ID[command].key
        return self._preferences.now.keys.get(command, default)

    def shown(self, command: str) -> str:
        """The key as a key cap shows it."""
        return shown(self.key(command))

    def is_remapped(self, command: str) -> bool:
        return command in self._preferences.now.keys

    def taken_by(self, command: str, key: str) -> Command | None:
        """Which other command has `key` where `command` holds."""
        wanted = QKeySequence(key).toString()
        mine = _BY_ID[command].where
        for other in COMMANDS:
            meets = mine is other.where or Where.EVERYWHERE in (mine, other.where)
            if other.id != command and meets and wanted and QKeySequence(self.key(other.id)).toString() == wanted:
                return other
        return None

    def remap(self, command: str, key: str) -> None:
        """Give a command another key ("" for none). Raises KeyTaken, and then nothing has changed."""
        portable = QKeySequence(key).toString()
        if portable in {"Esc", "Tab", "Shift+Tab", "Backtab"}:
            raise KeyTaken(f"{shown(portable)} leaves a field or moves the focus.", "Choose another key.")
        taken = self.taken_by(command, portable)
        if taken is not None:
            raise KeyTaken(
                f"{shown(portable)} is the key for “{taken.words}”.", "Choose another key, or change that one first."
            )
        self._store(command, None if portable == QKeySequence(_BY_ID[command].key).toString() else portable)

    def reset(self, command: str) -> None:
        """Back to the default. Raises KeyTaken if another command has taken it meanwhile."""
        self.remap(command, _BY_ID[command].key)

    def reset_all(self) -> None:
        self._preferences.set(replace(self._preferences.now, keys={}))

    def reload(self) -> None:
        """Other preferences are in force: every key and cap as they have it."""
        for command in COMMANDS:
            self._refresh(command.id)

    def _store(self, command: str, key: str | None) -> None:
        keys = {k: v for k, v in self._preferences.now.keys.items() if k != command}
        if key is not None:
            keys[command] = key
        self._preferences.set(replace(self._preferences.now, keys=keys))

    def _follow(self, now: Preferences) -> None:
        """Whatever changed the preferences: a remap here, or another person's file at log-on."""
        before, self._known = self._known, dict(now.keys)
        for command in before.keys() | now.keys.keys():
            if command in _BY_ID and before.get(command) != now.keys.get(command):
                self._refresh(command)

    def _refresh(self, command: str) -> None:
        self._forget_gone()
        for id_, shortcut in self._bound:
            if id_ == command:
                shortcut.setKey(QKeySequence(self.key(command)))
        for id_, button in self._buttons:
            if id_ == command:
                button.set_key(self.shown(command))
        self._rest()
        self.changed.emit(command)

    def bind(self, on: QWidget, command: str, callback: Callable[[], object]) -> QShortcut:
        """Call `callback` when the command's key is pressed while `on` is to be seen in the active window."""
        shortcut = QShortcut(QKeySequence(self.key(command)), on)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.setAutoRepeat(_BY_ID[command].group in _REPEATING and command not in _ONCE)
        shortcut.activated.connect(lambda: callback() and None)
        self._bound.append((command, shortcut))
        self._rest_if_needed(shortcut)
        return shortcut

    def wear(self, button: Button, command: str) -> Button:
        """Let a button show the command's key, also after a remap."""
        button.set_key(self.shown(command))
        self._buttons.append((command, button))
        return button

    def _forget_gone(self) -> None:
        self._bound = [b for b in self._bound if isValid(b[1])]
        self._buttons = [b for b in self._buttons if isValid(b[1])]

    def _focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and isValid(old) and is_text(old):
            old.removeEventFilter(self)
        if now is not None and is_text(now):
            now.installEventFilter(self)
        self._state = _focus(now)
        self._forget_gone()
        self._rest()

    def _rest(self) -> None:
        for _id, shortcut in self._bound:
            if isValid(shortcut):
                self._rest_if_needed(shortcut)

    def _rest_if_needed(self, shortcut: QShortcut) -> None:
        shortcut.setEnabled(not _rests(shortcut.key().toString(), self._state))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc leaves a text field for the pane it stands in. A dialog's Esc stays the dialog's."""
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape or not isinstance(watched, QWidget):
            return False
        if isinstance(watched.window(), QDialog):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            leave(watched)
        return True


_REPEATING = {"Playing", "Marks", "Picture", "Clocks"}
_ONCE = {
    *(c.id for c in _CLOCKS if not c.id.startswith(("clocks.frame", "clocks.ms"))),
    "look.turn",
    "look.whole",
    "look.reset",
    "compare.toggle",
    "compare.again",
    "compare.swap",
    "still.save",
    "still.all",
    "play.toggle",
    "play.turn",
    "play.slower",
    "play.stop",
    "play.faster",
    "second.who",
    "bookmark.add",
    "note.sign",
    "note.write",
    "loop.toggle",
    "range.in",
    "range.out",
    "range.clear",
}


def leave(field: QWidget) -> None:
    """Give the focus from a field to the pane it stands in (a widget with the property "pane"), else to nobody."""
    at = field.parentWidget()
    while at is not None and not at.property("pane"):
        at = at.parentWidget()
    if at is None:
        field.clearFocus()
    else:
        at.setFocus(Qt.FocusReason.OtherFocusReason)
