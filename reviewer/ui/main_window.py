"""The window: rail, top bar, stacked screens, status line; the door before it and the lock over it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.chrome import Rail, StatusItem, StatusLine, TopBar
from reviewer.ui.focus_ring import FocusRing
from reviewer.ui.idle import IdleWatch
from reviewer.ui.keys import KeySheet
from reviewer.ui.lock import LockPage
from reviewer.ui.preferences import Preferences, PreferenceStore, ThemeChoice
from reviewer.ui.theme import ThemeName, Tone, apply_theme
from reviewer.ui.warning_bar import WarningBar
from reviewer.ui.widgets import EmptyState

SMALLEST = (1280, 760)
_LEAVING = (
    "Closing: writing the log…",
    "What was recorded is on this machine, and goes to the store now. What does not arrive goes at the next log-on.",
)


@dataclass(frozen=True, slots=True)
class _Screen:
    widget: QWidget
    words: str
    theme: ThemeName
    picture: bool
    of_case: bool = False


class MainWindow(QWidget):
    """`unlock(passphrase)` answers with a Future that fails with a ReviewerError while the passphrase is wrong.

    Signals: `locked(why)` ("asked" or "idle") comes before anything is covered in the same call, so that whoever plays
    stops first; `unlocked()`; `log_off()` asked for; `screen_changed(name)`; `closing()` when the window is to close.
    """

    locked = Signal(str)
    unlocked = Signal()
    log_off = Signal()
    screen_changed = Signal(str)
    closing = Signal()

    def __init__(
        self,
        *,
        keys: KeyTable,
        preferences: PreferenceStore,
        bridge: Bridge,
        unlock: Callable[[str], Future[object]],
        idle: IdleWatch | None = None,
    ) -> None:
        super().__init__()
        self._keys, self._preferences = keys, preferences
        self._screens: dict[str, _Screen] = {}
        self._status: dict[str, tuple[Sequence[StatusItem], str]] = {}
        self._dressed = ThemeName.LIGHT
        self._log_health = StatusItem("shield-check", "Log not opened", Tone.PLAIN)
        self._work: StatusItem | None = None
        self._store: StatusItem | None = None
        self._person = ""
        self._current = ""
        self._stays = False
        self._login: QWidget | None = None
        self._focus_before: QWidget | None = None
        self._be_window()
        self.root = QStackedWidget(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.root)
        self.shell = self._make_shell()
        self.lock_page = LockPage(unlock, bridge)
        self.lock_page.unlocked.connect(self._uncover)
        self.lock_page.log_off.connect(self.log_off)
        self._keys.wear(self.lock_page.off, "log_off")
        self._keys.bind(self.lock_page, "log_off", self.log_off.emit)
        self.root.addWidget(self.shell)
        self.root.addWidget(self.lock_page)
        self.leaving = EmptyState("hourglass", *_LEAVING)
        self.root.addWidget(self.leaving)
        self.idle = idle or IdleWatch(preferences.now.idle_minutes, parent=self)
        self.idle.expired.connect(lambda: self.lock("idle"))
        self.idle.warning.connect(self._warn_idle)
        preferences.changed.connect(self._preferences_changed)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusWindowChanged.connect(self._watch_window)
            self.ring = FocusRing(application, self)
        self._bind()
        self._dress(ThemeName.LIGHT)

    def _be_window(self) -> None:
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Reviewer")
        self.setMinimumSize(*SMALLEST)

    def _make_shell(self) -> QWidget:
        shell = QWidget()
        column = QVBoxLayout(shell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.top = TopBar(self._keys)
        self.top.lock.clicked.connect(lambda: self.lock("asked"))
        self.rail = Rail()
        self.rail.chosen.connect(self.show_screen)
        self.stack = QStackedWidget()
        self.status = StatusLine()
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self.stack, 1)
        self.warning = WarningBar()
        column.addWidget(self.top)
        column.addWidget(self.warning)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.sheet = KeySheet(self._keys, shell)
        self.sheet.closed.connect(self._sheet_closed)
        self.sheet.settings.connect(lambda: self.show_screen("settings"))
        self.rail.add_bottom("keys", "Keys", "keyboard")
        return shell

    def _bind(self) -> None:
        self._keys.bind(self.shell, "lock", lambda: self.lock("asked"))
        self._keys.bind(self.shell, "pane.next", self.next_pane)
        self._keys.bind(self.shell, "help", self.toggle_keys)
        for command, name in (
            ("go.queue", "queue"),
            ("go.review", "review"),
            ("go.log", "log"),
            ("go.recordings", "recordings"),
            ("go.case", "case"),
        ):
            self._keys.bind(self.shell, command, partial(self.show_screen, name))
        esc = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.sheet)
        esc.activated.connect(self.sheet.close_sheet)

    # Screens

    def set_login(self, login: QWidget) -> None:
        """The screen before anybody is logged on; it replaces an earlier one."""
        if self._login is not None:
            self.root.removeWidget(self._login)
            self._login.deleteLater()
        self._login = login
        self.root.addWidget(login)

    def show_login(self) -> None:
        """Nobody is logged on: only the door is to be seen."""
        self.idle.stop()
        self.sheet.hide()
        self._close_dialogs()
        self.setWindowTitle("Reviewer")
        self._dress(ThemeName.LIGHT)
        if self._login is not None:
            apply_theme(self._login, self._wanted(ThemeName.LIGHT))
            self.root.setCurrentWidget(self._login)

    def show_leaving(self) -> None:
        """Nobody is at the desk any more, and the log is still on its way to the store."""
        self.idle.stop()
        self.sheet.hide()
        self._close_dialogs()
        self.setWindowTitle("Reviewer")
        self._dress(ThemeName.LIGHT)
        apply_theme(self.leaving, self._wanted(ThemeName.LIGHT))
        self.root.setCurrentWidget(self.leaving)

    def show_shell(self, person: str) -> None:
        """`person` ("Inv. K. Salo 0417") is logged on."""
        self._person = person
        self.top.set_person(person)
        self.root.setCurrentWidget(self.shell)
        self.idle.start()

    def add_screen(
        self,
        name: str,
        screen: QWidget,
        *,
        words: str,
        icon: str,
        theme: ThemeName = ThemeName.LIGHT,
        picture: bool = False,
        bottom: bool = False,
        of_case: bool = False,
    ) -> None:
        """A screen and its door in the rail. `picture`: the reason and the log's health stand in the top bar;
        `of_case`: so does the case. Adding a name again replaces the screen (another session)."""
        if name in self._screens:
            old = self._screens[name].widget
            self.stack.removeWidget(old)
            old.deleteLater()
        elif bottom:
            self.rail.add_bottom(name, words, icon)
        else:
            self.rail.add(name, words, icon)
        self._screens[name] = _Screen(screen, words, theme, picture, of_case)
        screen.setProperty("ownFocus", True)
        self.stack.addWidget(screen)
        apply_theme(screen, self._wanted(theme))

    def remove_screen(self, name: str) -> None:
        """A screen and its door go: the next person may not have it. Nothing if there is none."""
        screen = self._screens.pop(name, None)
        if screen is not None:
            self._status.pop(name, None)
            self.rail.remove(name)
            self.stack.removeWidget(screen.widget)
            screen.widget.deleteLater()

    def set_door(self, name: str, open_: bool, why: str = "") -> None:
        """Open or close a door in the rail; a closed one says why."""
        self.rail.set_door(name, open_, why)

    @property
    def current(self) -> str:
        return self._current

    def show_screen(self, name: str) -> None:
        """Go to a screen; "keys" opens the sheet. A closed or unknown door does nothing."""
        if name == "keys":
            self.toggle_keys()
            return
        screen = self._screens.get(name)
        if screen is None or not self.rail.is_open(name):
            return
        self.sheet.hide()
        changed = name != self._current
        self._current = name
        self.rail.mark(name)
        self._dress(screen.theme)
        self.stack.setCurrentWidget(screen.widget)
        self.top.show_screen(screen.words, screen.picture, screen.of_case)
        self._say_status()
        screen.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        if changed:
            self.screen_changed.emit(name)

    def next_pane(self) -> None:
        """F6: the focus goes to the next part of the screen (widgets with the property "pane"), the rail last."""
        here = self._screens[self._current].widget if self._current in self._screens else self.shell
        panes = [w for w in here.findChildren(QWidget) if w.property("pane") and w.isVisible()]
        panes.sort(key=lambda w: (w.mapTo(self, QPoint(0, 0)).y(), w.mapTo(self, QPoint(0, 0)).x()))
        panes.append(self.rail)
        focused = QApplication.focusWidget()
        holding = [i for i, p in enumerate(panes) if focused is not None and (p is focused or p.isAncestorOf(focused))]
        enter(panes[(holding[-1] + 1) % len(panes)] if holding else panes[0])

    # What the bars say

    def set_place(self, case: str, place: str = "") -> None:
        """The case in the top bar and the window's title, e.g. "CR-2026-0142", "Aleksanterinkatu, 13 Jun 2026"."""
        self.top.set_place(case, place)
        self.setWindowTitle(f"{case} · Reviewer" if case else "Reviewer")

    def set_reason(self, words: str) -> None:
        """ "complaint, A1–A3"; "" while no reason was stated."""
        self.top.set_reason(words)

    def set_log_health(self, words: str, tone: Tone = Tone.OK) -> None:
        """ "Log writing", or why it is not. Always in sight: in Review above, elsewhere below."""
        icon = {Tone.OK: "shield-check", Tone.STOP: "alert-octagon"}.get(tone, "shield")
        self._log_health = StatusItem(icon, words, tone)
        self.top.set_log_health(self._log_health)
        self._say_status()

    def set_status(self, name: str, items: Sequence[StatusItem], right: str = "") -> None:
        """The status line of one screen; the log's health is added by the window."""
        self._status[name] = (tuple(items), right)
        if name == self._current:
            self._say_status()

    def set_store(self, item: StatusItem | None) -> None:
        """What the evidence store promises, on every screen's status line; None while nobody is logged on."""
        if item != self._store:
            self._store = item
            self._say_status()

    def set_work(self, item: StatusItem | None) -> None:
        """What goes on in the background, on every screen's status line; None if nothing is to be said of it."""
        if item != self._work:
            self._work = item
            self._say_status()

    def _say_status(self) -> None:
        items, right = self._status.get(self._current, ((), ""))
        screen = self._screens.get(self._current)
        own = () if screen is not None and screen.picture else (self._log_health,)
        everywhere = tuple(item for item in (self._store, self._work) if item is not None)
        self.status.say((*own, *items, *everywhere), right)

    # Themes

    def _wanted(self, screens: ThemeName) -> ThemeName:
        choice = self._preferences.now.theme
        return screens if choice is ThemeChoice.BY_SCREEN else ThemeName(choice.value)

    def _dress(self, screens: ThemeName) -> None:
        """The bars follow the screen that is shown; what is not to be seen is dressed when it is."""
        deque(self.dressing(screens), maxlen=0)
        for part in (self.sheet, self.lock_page):
            if part.isVisible():
                apply_theme(part, self._dressed)

    def dressing(self, screens: ThemeName) -> Generator[None]:
        """The same in steps, for whoever will show such a screen: all at once is long for a window to be away."""
        self._dressed = self._wanted(screens)
        for part in (self.top, self.warning, self.rail, self.status):
            apply_theme(part, self._dressed)
            yield

    def _preferences_changed(self, now: Preferences) -> None:
        self.idle.set_minutes(now.idle_minutes)
        for screen in self._screens.values():
            apply_theme(screen.widget, self._wanted(screen.theme))
        shown = self._screens.get(self._current)
        self._dress(shown.theme if shown is not None else ThemeName.LIGHT)

    # Lock

    @property
    def is_locked(self) -> bool:
        return self.root.currentWidget() is self.lock_page

    def lock(self, why: str) -> None:
        """Cover everything. Does nothing while nobody is logged on or it is locked already."""
        if self.root.currentWidget() is not self.shell:
            return
        self.idle.stop()
        self.locked.emit(why)
        self._close_dialogs()
        focused = QApplication.focusWidget()
        self._focus_before = focused if focused is not None and self.shell.isAncestorOf(focused) else None
        minutes = self._preferences.now.idle_minutes
        self.lock_page.cover(self._person, f"Locked after {minutes} min" if why == "idle" else "Locked")
        self.setWindowTitle("Reviewer")
        apply_theme(self.lock_page, self._dressed)
        self.root.setCurrentWidget(self.lock_page)
        self.lock_page.take_focus()

    def _close_dialogs(self) -> None:
        for dialog in self.findChildren(QDialog):
            if dialog.isVisible():
                dialog.reject()

    def _uncover(self) -> None:
        self.root.setCurrentWidget(self.shell)
        self.set_place(*self.top.place)
        if self._focus_before is not None:
            self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.idle.start()
        self.unlocked.emit()

    def _warn_idle(self, seconds: int) -> None:
        if seconds < 0:
            self._say_status()
            return
        self.status.say((StatusItem("lock", f"Nobody at the keys: locks in {seconds} s", Tone.WARN),), "")

    # Keys sheet

    def toggle_keys(self) -> None:
        """F1: open the sheet of keys over the right side of the screen, or close it."""
        if self.sheet.isVisible():
            self.sheet.close_sheet()
            return
        self._focus_before = QApplication.focusWidget()
        apply_theme(self.sheet, self._dressed)
        self._place_sheet()
        self.sheet.open_sheet()

    def _sheet_closed(self) -> None:
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place_sheet(self) -> None:
        top, bottom = self.top.height(), self.status.height()
        width = min(self.sheet.WIDTH, self.shell.width() - self.rail.width())
        self.sheet.setGeometry(QRect(self.shell.width() - width, top, width, self.shell.height() - top - bottom))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.sheet.isVisible():
            self._place_sheet()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch_window(self.windowHandle())

    def _watch_window(self, window: QWindow | None) -> None:
        """A dialog is a window of its own; what is typed there is somebody at the keys too."""
        if window is not None:
            self.idle.watch(window)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.idle.stop()
        self._stays = False
        self.closing.emit()
        if self._stays:
            event.ignore()
        else:
            super().closeEvent(event)

    def stay(self) -> None:
        """For whoever hears `closing`: not yet. They call `close` when it may."""
        self._stays = True


def enter(pane: QWidget) -> None:
    """Give the focus to the first thing in a pane that takes it."""
    if pane.focusPolicy() & Qt.FocusPolicy.TabFocus:
        pane.setFocus(Qt.FocusReason.TabFocusReason)
        return
    inside = [w for w in pane.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    able = [w for w in inside if w.isVisible() and w.isEnabled()]
    first = min(able, key=lambda w: (w.mapTo(pane, QPoint(0, 0)).y(), w.mapTo(pane, QPoint(0, 0)).x()), default=pane)
    first.setFocus(Qt.FocusReason.TabFocusReason)
