"""N × libmpv through its software renderer, at the tile's size. Seeks go to a frame's own time, where it is exact."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import threading
import time
from pathlib import Path
from types import ModuleType

import numpy as np

from reviewer.domain.timebase import Utc
from tests.bench.clips import Clip
from tests.bench.eye import Cells, glance
from tests.bench.machine import Missing

_READY = 20.0
_SIZE, _FORMAT, _STRIDE, _POINTER = 17, 18, 19, 20  # libmpv/render.h: MPV_RENDER_PARAM_SW_…


def load() -> None:
    """Raises Missing without the library or its binding."""
    try:
        importlib.import_module("mpv")
    except (ImportError, OSError) as wrong:
        raise Missing(f"libmpv cannot be loaded (libmpv2, PyPI mpv): {wrong}") from None


class _One:
    """One player, and the thread that renders its pictures when they are due."""

    def __init__(self, mpv: ModuleType, path: Path, size: tuple[int, int]) -> None:
        options = {"vo": "libmpv", "hwdec": "no", "keep_open": "yes", "pause": True, "aid": "no", "sid": "no"}
        self.player = mpv.MPV(**options, osd_level=0, hr_seek="yes", video_timing_offset=0, audio="no")
        self._mpv = mpv
        self._context = mpv.MpvRenderContext(self.player, "sw")
        self._image = np.zeros((size[1], size[0], 4), np.uint8)
        self.cells: Cells | None = None
        self._due, self._end = threading.Event(), False
        self._context.update_cb = self._due.set
        self._thread = threading.Thread(target=self._render, daemon=True)
        self._thread.start()
        self.player.play(str(path))

    def _render(self) -> None:
        parameters = self._parameters()
        while True:
            self._due.wait()
            self._due.clear()
            if self._end:
                return
            if self._context.update():
                self._mpv._mpv_render_context_render(self._context.handle, parameters)
                self.cells = glance(self._image)

    def _parameters(self) -> ctypes.Array[ctypes.Structure]:
        height, width = self._image.shape[:2]
        self._kept = (
            (ctypes.c_int * 2)(width, height),
            ctypes.create_string_buffer(b"bgr0"),
            ctypes.c_size_t(width * 4),
        )
        pointers = [ctypes.addressof(each) for each in self._kept] + [self._image.ctypes.data]
        array = (self._mpv.MpvRenderParam * 5)()
        for n, (kind, pointer) in enumerate(zip((_SIZE, _FORMAT, _STRIDE, _POINTER), pointers, strict=True)):
            array[n].type_id, array[n].data = kind, pointer
        return array

    def close(self) -> None:
        self._end = True
        self._due.set()
        self._thread.join(5)
        self._context.free()
        self.player.terminate()


class Players:
    """All loaded and paused, started in one burst."""

    def __init__(self, paths: list[Path], clips: tuple[Clip, ...], size: tuple[int, int]) -> None:
        import mpv

        self._all = [_One(mpv, path, size) for path in paths]
        self._error: type[Exception] = SystemError
        deadline = time.monotonic() + _READY
        while any(one.cells is None for one in self._all):
            threading.Event().wait(0.02)
            if time.monotonic() > deadline:
                raise Missing("libmpv delivers no picture here")

    def play(self) -> None:
        for one in self._all:
            one.player.pause = False

    def pause(self) -> None:
        for one in self._all:
            one.player.pause = True

    def seek(self, at: Utc, frames: list[tuple[int, int]]) -> None:
        for one, (start, _) in zip(self._all, frames, strict=True):
            one.player.command_async("seek", f"{start / 1e6:.6f}", "absolute+exact")

    def step(self, by: int) -> None:
        for one in self._all:
            with contextlib.suppress(SystemError):
                one.player.command_async("frame-step" if by > 0 else "frame-back-step")

    def pump(self) -> None: ...

    def delivered(self, camera: int) -> Cells | None:
        return self._all[camera].cells

    def close(self) -> None:
        for one in self._all:
            one.close()
