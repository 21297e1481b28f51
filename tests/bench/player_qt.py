"""N × QMediaPlayer (FFmpeg backend), each with a QVideoSink. Its pictures stay as they are decoded, full size: only the
barcode's luma is read, so it is spared scaling and colour. Seeks go to the middle of a frame, where it is exact."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from reviewer.domain.timebase import Utc
from tests.bench.clips import Clip
from tests.bench.eye import Cells, glance
from tests.bench.machine import Missing

_READY = 20.0


def load() -> None:
    """Raises Missing without QtMultimedia."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_MEDIA_BACKEND"] = "ffmpeg"
    try:
        importlib.import_module("PySide6.QtMultimedia")
    except ImportError as wrong:
        raise Missing(f"QtMultimedia cannot be loaded: {wrong}") from None


class Players:
    """All are loaded, paused, and started in one burst."""

    def __init__(self, paths: list[Path], clips: tuple[Clip, ...], size: tuple[int, int]) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QGuiApplication
        from PySide6.QtMultimedia import QMediaPlayer, QVideoSink

        self._application = QGuiApplication.instance() or QGuiApplication([])
        self._frames: list[object] = [None] * len(paths)
        self._cells: list[Cells | None] = [None] * len(paths)
        self._players, self._sinks = [], []
        for i, path in enumerate(paths):
            player, sink = QMediaPlayer(), QVideoSink()
            sink.videoFrameChanged.connect(self._keeper(i))
            player.setVideoSink(sink)
            player.setSource(QUrl.fromLocalFile(str(path)))
            self._players.append(player)
            self._sinks.append(sink)
        for player in self._players:
            player.pause()
        deadline = time.monotonic() + _READY
        while any(self.delivered(i) is None for i in range(len(paths))):
            self.pump()
            if time.monotonic() > deadline:
                raise Missing("QMediaPlayer delivers no picture here")

    def _keeper(self, i: int) -> Callable[[object], None]:
        def keep(frame: object) -> None:
            self._frames[i] = frame

        return keep

    def play(self) -> None:
        for player in self._players:
            player.play()

    def pause(self) -> None:
        for player in self._players:
            player.pause()

    def seek(self, at: Utc, frames: list[tuple[int, int]]) -> None:
        for player, (start, end) in zip(self._players, frames, strict=True):
            player.setPosition(round((start + end) / 2000))

    def step(self, by: int) -> None:
        for player, sink in zip(self._players, self._sinks, strict=True):
            frame = sink.videoFrame()
            middle = (frame.startTime() + frame.endTime()) / 2000
            player.setPosition(round(middle + by * (frame.endTime() - frame.startTime()) / 1000))

    def pump(self) -> None:
        self._application.processEvents()

    def delivered(self, camera: int) -> Cells | None:
        frame, self._frames[camera] = self._frames[camera], None
        if frame is not None:
            self._cells[camera] = _luma(frame) if frame.isValid() else self._cells[camera]  # type: ignore[attr-defined]
        return self._cells[camera]

    def close(self) -> None:
        for player in self._players:
            player.stop()
        self.pump()


def _luma(frame: object) -> Cells | None:
    from PySide6.QtMultimedia import QVideoFrame

    if not isinstance(frame, QVideoFrame) or not frame.map(QVideoFrame.MapMode.ReadOnly):
        return None
    try:
        stride = frame.bytesPerLine(0)
        plane = np.frombuffer(frame.bits(0), np.uint8)[: stride * frame.height()]
        return glance(plane.reshape(frame.height(), stride)[:, : frame.width()])
    finally:
        frame.unmap()
