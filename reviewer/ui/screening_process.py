"""The process of the second player: what somebody wants to see is asked of the program, and shown when it permits.

Between a wish and its permit the picture stands still or is covered. While it plays, it stops by itself short of what
was permitted, and goes on when the program says that the log has more.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from reviewer.config import own_modules
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media.apart import confine
from reviewer.media.vlc import UNCERTAINTY, Player, PlayerState, no_output
from reviewer.services.screening import Projector
from reviewer.services.screening_wire import Cover, End, Ended, Go, Permit, Ready, Refused, Show, Standing, Wish, say
from reviewer.ui import fonts, theme
from reviewer.ui.screening_window import ScreeningWindow

_BEAT_MS = 40
_BLANK = 125  # beats, 5 s, after which no picture means that none will come
_TELL = 2  # beats: what is shown is told about ten times a second
_STOPS = Micros(150_000)  # footage that may still pass after a pause was asked for, at 1x
_RATES = (250, 500, 750, 1000, 1250, 1500, 2000)
_MEMORY = 8 << 30  # bytes of address space: drivers for the picture map gigabytes
_SAME_PLACE = 50_000


def start_projector() -> Projector:
    """Start the process. It looks for libVLC and says what it found."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=run, args=(theirs,), name="screening", daemon=True)
    with own_modules():
        process.start()
    theirs.close()
    return Projector(ours, process)


def run(connection: Connection) -> None:
    """The process, from its start to its end."""
    threading.Thread(target=_end_with_the_program, daemon=True).start()
    confine(_MEMORY)
    _hush()
    try:
        if sys.platform == "linux":
            if not os.environ.get("DISPLAY"):
                raise ReviewerError(
                    "The second player needs an X display, and there is none here.", "Install XWayland."
                )
            os.environ["QT_QPA_PLATFORM"] = "xcb"  # libVLC draws into X windows only
        application = QApplication(["reviewer"])
        application.setApplicationName("Reviewer")
        application.setQuitOnLastWindowClosed(False)
        theme.start(application)
        fonts.load(application)
        window = ScreeningWindow()
        player = Player(window.handle)
    except ReviewerError as wrong:
        say(connection, Refused(wrong.message, wrong.next_step))
        return
    say(connection, Ready(player.version))
    Operator(connection, window, player)
    application.exec()


def _hush() -> None:
    """libVLC's plug-ins talk to stderr, --quiet or not; what Python has to say there is still said."""
    kept = os.fdopen(os.dup(2), "w")
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device, not a file
        os.dup2(nowhere.fileno(), 2)
    sys.stderr = kept


def _end_with_the_program() -> None:
    """A program that is killed cannot end its processes: this one sees it gone, and goes."""
    program = parent_process()
    if program is not None:
        wait([program.sentinel])
        os._exit(1)


class Operator(QObject):
    """Stands between the pipe, the window and libVLC. On the one thread of this process."""

    def __init__(
        self,
        connection: Connection,
        window: ScreeningWindow,
        player: Player,
        *,
        leave: Callable[[], None] = QApplication.quit,
    ) -> None:
        super().__init__(window)
        self._quit = leave
        self._connection, self._window, self._player = connection, window, player
        self._show: Show | None = None
        self._wish: Wish | None = None  # the newest
        self._force: Wish | None = None  # what is permitted and shown
        self._until = Micros(0)
        self._loaded: int | None = None
        self._place = (0, Micros(0))  # film and place while nothing is shown
        self._pace, self._sound, self._volume = 1000, True, 100
        self._held = self._touched = self._seen = False
        self._blank = 0  # beats without a picture where one should be
        self._beats = self._serial = self._permitted_serial = 0
        window.asked.connect(self._do)
        window.touched.connect(self._touch)
        self._timer = QTimer(self, interval=_BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        try:
            self._hear()
            if self._show is None:
                return
            self._watch()
            self._beats += 1
            if self._beats % _TELL == 0:
                self._tell()
        except (EOFError, OSError):  # the program is gone
            self._leave()

    # -- what the program says ---------------------------------------------------------------------------------------

    def _hear(self) -> None:
        while self._connection.poll():
            match self._connection.recv():
                case Show() as show:
                    self._show, self._sound = show, show.audible
                    self._window.open_on(show.display, full=show.full, presented=show.presented)
                    self._ask(show.film, show.at, playing=True)
                case Go() as go if self._show is not None:
                    self._ask(go.film, go.at, playing=go.playing)
                case Permit() as permit:
                    self._permitted(permit)
                case Cover() as cover:
                    self._covered(cover.why)
                case End():
                    self._end()

    def _permitted(self, permit: Permit) -> None:
        wish, show = self._wish, self._show
        if wish is None or show is None or permit.serial != wish.serial:
            return
        self._until = permit.until
        if wish is not self._force:
            self._force, self._permitted_serial = wish, wish.serial
            self._start(wish, show)
        elif self._held and self._short_of(SECOND // 4):
            self._held = False
            self._player.play()

    def _start(self, wish: Wish, show: Show) -> None:
        player = self._player
        if wish.film != self._loaded or player.state not in (PlayerState.PLAYING, PlayerState.PAUSED):
            player.load(show.films[wish.film].source, wish.at)
            self._loaded, self._seen = wish.film, False
            self._window.name(show.films[wish.film].title, player.version)
        elif abs(wish.at - player.at) > _SAME_PLACE:
            player.seek(wish.at)
        self._window.uncover()
        player.set_rate(self._pace)
        player.set_sound(on=wish.audible, volume=self._volume)
        self._held = False
        if wish.rate_milli or player.state is not PlayerState.PAUSED:
            player.play()  # what stands still is stopped as soon as it is there

    def _covered(self, why: str) -> None:
        if self._force is not None:
            self._place = (self._force.film, self._player.at)
            self._player.pause()
        self._wish = self._force = None
        self._permitted_serial = 0
        if why:
            self._window.cover("eye-off", "Picture covered", why)
        else:
            self._window.cover("player-play", "Picture covered", "Space goes on where it stopped. Esc ends.")
        self._tell()

    # -- what is shown -----------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Stop short of what is permitted; see the end of a file, or that it cannot be played."""
        force, state = self._force, self._player.state
        if state is PlayerState.PLAYING and (force is None or force is not self._wish or self._held or not self._plays):
            self._player.pause()  # while it opens a file, libVLC does not hear that it is to stand still
        if force is None or force is not self._wish:
            return
        self._seen |= self._player.has_picture or (self._player.length is not None and state is PlayerState.PLAYING)
        self._blank = self._blank + 1 if self._player.lacks_output else 0
        if self._blank > _BLANK:
            self._refuse(no_output())
        elif state is PlayerState.FAILED or (state is PlayerState.ENDED and not self._seen):
            self._refuse(self._player.problem)
        elif state is PlayerState.ENDED:
            self._next(force)
        elif force.rate_milli and not self._held and not self._short_of(0):
            self._held = True
            self._player.pause()

    def _short_of(self, room: int) -> bool:
        """Whether what is on the screen, unsure as that is, lies before the end of what is permitted."""
        return self._player.at + (UNCERTAINTY + _STOPS + room) * self._pace // 1000 < self._until

    def _next(self, force: Wish) -> None:
        self._tell()
        show = self._show
        if show is not None and force.film + 1 < len(show.films):
            self._window.cover("hourglass", "The next part", "It is shown when the log has it.")
            self._ask(force.film + 1, Micros(0), playing=True)
            return
        self._wish = self._force = None
        self._place = (0, Micros(0))
        self._window.cover("check", "The end", "Space plays it again. Esc ends.")

    def _refuse(self, wrong: BaseException | None) -> None:
        if not isinstance(wrong, ReviewerError):
            wrong = ReviewerError("The second player cannot play this file either.", "Ask for the camera’s own player.")
        self._window.cover("alert-triangle", "Cannot be played", str(wrong))
        self._tell()
        say(self._connection, Refused(wrong.message, wrong.next_step))

    def _tell(self) -> None:
        """Say what is shown: the log is written from this."""
        force, size = self._force, self._window.picture_size
        at = self._player.at if force is not None else self._place[1]
        rate = force.rate_milli if force is not None else 0
        audible = force is not None and force.audible
        length = self._player.length or Micros(0)
        film = force.film if force is not None else self._place[0]
        width, height = (size.width(), size.height()) if force is not None else (0, 0)
        standing = Standing(self._permitted_serial, film, at, rate, audible, width, height, length, self._touched)
        self._touched = False
        say(self._connection, standing)
        doubt = UNCERTAINTY * max(1000, self._pace) // 1000
        self._window.say(at, length, rate, self._pace, audible if force is not None else self._sound, doubt)

    # -- what somebody wants -----------------------------------------------------------------------------------------

    def _ask(self, film: int, at: Micros, *, playing: bool) -> None:
        """Stand still, say what was shown so far, and wish for this."""
        if self._force is not None and self._loaded is not None:
            self._player.pause()
        self._tell()
        size = self._window.room
        self._serial += 1
        rate = self._pace if playing else 0
        self._wish = Wish(self._serial, film, at, rate, self._sound, size.width(), size.height())
        say(self._connection, self._wish)

    @property
    def _here(self) -> tuple[int, Micros]:
        """Film and place that a key counts from: where it stands, or what was wished for last."""
        if self._wish is not None and self._wish is not self._force:
            return self._wish.film, self._wish.at
        return (self._force.film, self._player.at) if self._force is not None else self._place

    @property
    def _plays(self) -> bool:
        return self._wish is not None and self._wish.rate_milli > 0

    def _do(self, command: str, amount: int) -> None:
        if self._show is None or command == "end":
            self._end()
            return
        film, at = self._here
        match command:
            case "toggle":
                self._ask(film, at, playing=not self._plays)
            case "pause" if self._plays:
                self._ask(film, at, playing=False)
            case "seek" | "start" if self._wish is not None:
                length = self._player.length or Micros(1 << 50)
                to = 0 if command == "start" else at + amount * SECOND
                self._ask(film, Micros(max(0, min(to, max(0, length - SECOND)))), playing=self._plays)
            case "rate":
                self._set_pace(amount)
            case "mute":
                self._mute()
            case "volume":
                self._volume = max(0, min(100, self._volume + amount))
                self._player.set_sound(on=self._force is not None and self._force.audible, volume=self._volume)

    def _set_pace(self, by: int) -> None:
        self._pace = _RATES[max(0, min(_RATES.index(self._pace) + by, len(_RATES) - 1))]
        if self._plays:
            self._ask(*self._here, playing=True)

    def _mute(self) -> None:
        self._sound = not self._sound
        if not self._sound:
            self._player.set_sound(on=False)
        if self._wish is not None:
            self._ask(*self._here, playing=self._plays)

    def _touch(self) -> None:
        self._touched = True

    def _end(self) -> None:
        self._window.cover("check", "Ending", "")
        with suppress(OSError):
            if self._show is not None:
                self._tell()
            say(self._connection, Ended())
        self._leave()

    def _leave(self) -> None:
        self._timer.stop()
        self._show = None
        self._window.hide()
        self._quit()
