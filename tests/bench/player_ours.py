"""Ours, among the players: a deck without a window."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from reviewer.domain.timebase import Utc
from tests.bench.clips import Clip, common
from tests.bench.engine import Eyes, deck_of, in_hand, settle
from tests.bench.eye import Cells, Look


def load() -> None:
    """Ours is loaded."""


class Players:
    """One deck with all cameras."""

    def __init__(self, paths: list[Path], clips: tuple[Clip, ...], size: tuple[int, int]) -> None:
        length = float(paths[0].stem.split("-")[-2])
        self._clips = clips
        self._undo = ExitStack()
        self._deck = self._undo.enter_context(deck_of(clips, length, size))
        self._deck.seek(common(clips, length).start)
        settle(self._deck)
        self._eyes = Eyes(self._deck)
        self._looks: dict[str, Look] = {}

    def play(self) -> None:
        self._deck.play(1.0)

    def pause(self) -> None:
        self._deck.pause()

    def seek(self, at: Utc, frames: list[tuple[int, int]]) -> None:
        self._deck.seek(at)

    def step(self, by: int) -> None:
        self._deck.step(self._clips[0].name, by)

    def pump(self) -> None:
        self._looks = {look.key: look for look in self._eyes.tick().looks}

    def delivered(self, camera: int) -> Cells | None:
        return self._looks[self._clips[camera].name].cells

    def in_hand(self) -> bool:
        """Whether every camera's right picture is handed out."""
        return in_hand(self._deck)

    def close(self) -> None:
        self._undo.close()
