"""N × libVLC through vmem at the tile's size, started paused and let go in a burst. Seeks go to a frame’s middle."""

from __future__ import annotations

import ctypes
import importlib
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from reviewer.domain.timebase import Utc
from tests.bench.clips import Clip
from tests.bench.engine import PAUSE
from tests.bench.eye import Cells, glance
from tests.bench.machine import Missing

if TYPE_CHECKING:
    import vlc

_OPTIONS = ("--no-video-title-show", "--no-osd", "--no-spu", "--quiet", "--clock-jitter=0", "--file-caching=100")
_HEADLESS = ("--aout=dummy", "--avcodec-hw=none", "--no-audio", "--no-xlib")
_READY = 20.0


def load() -> None:
    """Raises Missing without the library."""
    try:
        importlib.import_module("vlc").libvlc_get_version()
    except (ImportError, OSError, NameError) as wrong:
        raise Missing(f"libVLC cannot be loaded: {wrong}") from None


class _One:
    """One player. Every callback is kept referenced, and lets no exception out."""

    def __init__(self, library: ModuleType, instance: vlc.Instance, path: Path, size: tuple[int, int]) -> None:
        self.player = instance.media_player_new()
        self.shown = 0
        self._image = np.zeros((size[1], size[0], 4), np.uint8)
        self._lock = library.CallbackDecorators.VideoLockCb(self._give)
        self._unlock = library.CallbackDecorators.VideoUnlockCb(lambda *_: None)
        self._display = library.CallbackDecorators.VideoDisplayCb(self._show)
        self.player.video_set_callbacks(self._lock, self._unlock, self._display, None)
        self.player.video_set_format("RV32", size[0], size[1], size[0] * 4)
        media = instance.media_new_path(str(path))
        media.add_option(":start-paused")
        self.player.set_media(media)
        self.cells: Cells | None = None
        self.player.play()

    def _give(self, _opaque: object, planes: list[ctypes.c_void_p]) -> None:
        planes[0] = ctypes.c_void_p(self._image.ctypes.data)

    def _show(self, _opaque: object, _picture: object) -> None:
        self.cells = glance(self._image)
        self.shown += 1


class Players:
    """All opened and paused, started in one burst."""

    def __init__(self, paths: list[Path], clips: tuple[Clip, ...], size: tuple[int, int]) -> None:
        import vlc

        self._instance = vlc.Instance(*_OPTIONS, *_HEADLESS)
        if self._instance is None:
            raise Missing("libVLC does not start here")
        self._all = [_One(vlc, self._instance, path, size) for path in paths]
        self._paused = vlc.State.Paused
        deadline = time.monotonic() + _READY
        while not all(one.player.get_state() == vlc.State.Paused for one in self._all):
            PAUSE.wait(0.02)
            if time.monotonic() > deadline:
                raise Missing("libVLC does not open the clips here")

    def play(self) -> None:
        for one in self._all:
            one.player.set_pause(0)

    def pause(self) -> None:
        for one in self._all:
            one.player.set_pause(1)
        PAUSE.wait(0.3)

    def seek(self, at: Utc, frames: list[tuple[int, int]]) -> None:
        for one, (start, end) in zip(self._all, frames, strict=True):
            one.player.set_time(round((start + end) / 2000))

    def step(self, by: int) -> None:
        for one in self._all:
            if by > 0:
                one.player.next_frame()
            else:
                one.player.set_time(one.player.get_time() - 33)

    def pump(self) -> None: ...

    def delivered(self, camera: int) -> Cells | None:
        return self._all[camera].cells

    def close(self) -> None:
        for one in self._all:
            one.player.stop()
            one.player.release()
        self._instance.release()
