"""libVLC: the second player. It plays one file from its beginning to its end into a native window.

It is not aligned with anything: its clock is stale by about 200 ms (p5 −460 ms), and it does not say which frame it
shows. So every time it gives carries `UNCERTAINTY`, and nothing here is stepped, captured or measured. It opens what
FFmpeg inside the program cannot, and it shows a file as most people's own player shows it.

This is the only file that imports `vlc`. It runs in a process of its own (ui/screening_window.py): libVLC is native
code that reads footage of strangers.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Any, BinaryIO

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Micros

UNCERTAINTY = Micros(300_000)
"""How far `Player.at` may be from the picture, at 1x; at other rates by as many times more."""
_OPTIONS = (
    "--ignore-config",  # what somebody set for their own VLC does not count here
    *("--no-video-title-show", "--no-osd", "--no-spu", "--no-snapshot-preview", "--quiet"),
    *("--clock-jitter=0", "--file-caching=100"),
    # The file and nothing beside it: no subtitles, covers, chapters of other files, names from the network.
    *("--no-sub-autodetect-file", "--no-metadata-network-access", "--no-auto-preparse", "--no-lua"),
    *("--no-mkv-preload-local-dir", "--no-mkv-use-ordered-chapters"),
    "--avcodec-hw=none",  # the same picture on every machine
)
_NOWHERE = ("--vout=dummy", "--aout=dummy")
_FAILED = -1  # what a callback answers when there is nothing to give
_HELP = {
    "linux": "Install VLC 3 (Debian: libvlc5, vlc-plugin-base, vlc-plugin-video-output), then open this again.",
    "win32": "Install VLC 3 for Windows, 64 bit, then open this again.",
    "darwin": "Install VLC 3 for macOS, then open this again.",
}


class SecondPlayerMissing(ReviewerError):
    """libVLC is not installed here, or cannot be loaded."""


def no_output() -> SecondPlayerMissing:
    """libVLC is here, and the plug-ins that draw are not."""
    return SecondPlayerMissing("libVLC has nothing here that shows pictures.", _HELP.get(sys.platform, _HELP["linux"]))


class PlayerState(Enum):
    EMPTY = "empty"
    OPENING = "opening"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"


def _load() -> Any:  # noqa: ANN401 - python-vlc has no types
    """python-vlc, which looks for libVLC when it is imported. Raises SecondPlayerMissing."""
    try:
        vlc = importlib.import_module("vlc")
        vlc.libvlc_get_version()
    except (ImportError, OSError, NameError, AttributeError, SystemExit) as wrong:
        raise _missing() from wrong
    return vlc


def _missing() -> SecondPlayerMissing:
    return SecondPlayerMissing(
        "The second player, libVLC, is not on this machine.", _HELP.get(sys.platform, _HELP["linux"])
    )


class _Stream:
    """Gives libVLC the bytes of one source. Its callbacks are called on libVLC's threads; none of them lets an
    exception out, and the objects made for C live as long as this one."""

    def __init__(self, vlc: Any, source: Callable[[], BinaryIO]) -> None:  # noqa: ANN401 - as above
        self._source = source
        self._readers: dict[int, BinaryIO] = {}
        self._next = 1
        self.problem: BaseException | None = None
        made = vlc.CallbackDecorators
        self.callbacks = (
            made.MediaOpenCb(self._open),
            made.MediaReadCb(self._read),
            made.MediaSeekCb(self._seek),
            made.MediaCloseCb(self._close),
        )

    def _open(self, _opaque: Any, handle: Any, size: Any) -> int:  # noqa: ANN401 - ctypes
        try:
            reader = self._source()
            size[0] = reader.seek(0, 2)
            reader.seek(0)
            handle[0] = self._next
            self._readers[self._next] = reader
            self._next += 1
        except BaseException as wrong:  # noqa: BLE001 - C calls this: an exception must not get out
            self.problem = wrong
            return _FAILED
        return 0

    def _read(self, handle: Any, buffer: Any, length: int) -> int:  # noqa: ANN401 - ctypes
        try:
            reader = self._readers[handle]
            room = (ctypes.c_char * length).from_address(ctypes.addressof(buffer.contents))
            return int(reader.readinto(room))  # type: ignore[attr-defined]
        except BaseException as wrong:  # noqa: BLE001 - as above
            self.problem = wrong
            return _FAILED

    def _seek(self, handle: Any, offset: int) -> int:  # noqa: ANN401 - ctypes
        try:
            self._readers[handle].seek(offset)
        except BaseException as wrong:  # noqa: BLE001 - as above
            self.problem = wrong
            return _FAILED
        return 0

    def _close(self, handle: Any) -> None:  # noqa: ANN401 - ctypes
        try:
            reader = self._readers.pop(handle, None)
            if reader is not None:
                reader.close()
        except BaseException as wrong:  # noqa: BLE001 - as above
            self.problem = wrong


class Player:
    """One player into one native window (an X11 window, an HWND or an NSView, by number); None shows nothing anywhere,
    and sounds nowhere. All methods on one thread. Raises SecondPlayerMissing.

    Times are µs of the file's own stream time. `load` shows nothing yet; `play` does, from the place loaded at.
    """

    def __init__(self, window: int | None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._vlc = _load()
        self._monotonic = monotonic
        self._instance = self._vlc.Instance(list(_OPTIONS + (_NOWHERE if window is None else ())))
        if self._instance is None:
            raise _missing()
        self._player = self._instance.media_player_new()
        self._player.video_set_key_input(False)
        self._player.video_set_mouse_input(False)
        if window is not None:
            self._draw_into(window)
        self._stream: _Stream | None = None
        self._rate_milli = 1000
        self._known: tuple[int, float] = (0, 0.0)  # µs where it was, and when
        self._said = 0  # ms, as libVLC said it last: a value it repeats is an old one
        self._begun = False
        self._paused = True

    @property
    def version(self) -> str:
        """ "libVLC 3.0.24"."""
        return f"libVLC {self._vlc.libvlc_get_version().decode().split()[0]}"

    def _draw_into(self, window: int) -> None:
        if sys.platform == "win32":
            self._player.set_hwnd(window)
        elif sys.platform == "darwin":
            self._player.set_nsobject(window)
        else:
            self._player.set_xwindow(window)

    def load(self, source: Callable[[], BinaryIO], at: Micros) -> None:
        """Another file, from this place on."""
        self._player.stop()
        stream = _Stream(self._vlc, source)
        media = self._instance.media_new_callbacks(*stream.callbacks, None)
        if at > 0:
            media.add_option(f":start-time={at / 1e6:.6f}")
        self._player.set_media(media)
        media.release()
        self._stream = stream  # the one before is let go only now that libVLC no longer reads it
        self._known, self._paused, self._begun = (at, self._monotonic()), True, False
        self._said = self._player.get_time()

    def play(self) -> None:
        """Play, or go on."""
        if self.state is PlayerState.PAUSED:
            self._player.set_pause(0)
        else:
            self._player.play()
        self._player.set_rate(self._rate_milli / 1000)
        self._known, self._said, self._paused = (self._known[0], self._monotonic()), self._player.get_time(), False

    def pause(self) -> None:
        """Stand still. It takes effect a few milliseconds later."""
        self._known, self._paused = (self.at, self._monotonic()), True
        self._player.set_pause(1)

    def seek(self, at: Micros) -> None:
        """Go to a place. It takes effect some time later."""
        self._player.set_time(at // 1000)
        self._known, self._said = (at, self._monotonic()), self._player.get_time()

    def set_rate(self, milli: int) -> None:
        """1000 is the pace it was recorded at."""
        self._known, self._rate_milli = (self.at, self._monotonic()), milli
        self._player.set_rate(milli / 1000)

    def set_sound(self, *, on: bool, volume: int = 100) -> None:
        """Heard or not; `volume` in percent."""
        self._player.audio_set_mute(not on)
        self._player.audio_set_volume(volume if on else 0)

    @property
    def at(self) -> Micros:
        """Where it is, at best knowledge: what libVLC said last, and what has passed since. See UNCERTAINTY."""
        known, since = self._known
        if self._paused:
            return Micros(known)
        now, said = self._monotonic(), self._player.get_time()
        if not self._begun:
            self._begun = self.has_picture or said > 0
            since = now
        if said != self._said:
            self._said, known, since = said, said * 1000, now
        self._known = known, since
        return Micros(known + round((now - since) * self._rate_milli * 1000))

    @property
    def length(self) -> Micros | None:
        """How long the file says it is; None while that is not known."""
        said = self._player.get_length()
        return Micros(said * 1000) if said > 0 else None

    @property
    def state(self) -> PlayerState:
        """What it does now."""
        names = self._vlc.State
        known = {
            names.Opening: PlayerState.OPENING,
            names.Buffering: PlayerState.OPENING,
            names.Playing: PlayerState.PLAYING,
            names.Paused: PlayerState.PAUSED,
            names.Ended: PlayerState.ENDED,
            names.Error: PlayerState.FAILED,
        }
        return known.get(self._player.get_state(), PlayerState.EMPTY)

    @property
    def has_picture(self) -> bool:
        """Whether a picture is on its way to the window."""
        return bool(self._player.has_vout())

    @property
    def lacks_output(self) -> bool:
        """Whether it plays a file with pictures and shows none: right after the start, or because no plug-in can."""
        return self.state is PlayerState.PLAYING and self._player.video_get_track_count() > 0 and not self.has_picture

    @property
    def problem(self) -> BaseException | None:
        """What went wrong while the file was read."""
        return self._stream.problem if self._stream is not None else None

    def stop(self) -> None:
        """Show nothing. Returns when libVLC has let go of the file."""
        self._player.stop()
        self._paused = True

    def close(self) -> None:
        """Stop, and give everything back."""
        with suppress(OSError):
            self._player.stop()
        self._player.release()
        self._instance.release()
        self._stream = None
