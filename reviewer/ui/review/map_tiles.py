"""The base map, drawn by the app in a process of its own.

A vector tile costs tens of milliseconds of Python to draw; in a thread that would make the window stutter (one
interpreter lock), in a process it does not. Tiles come back as 512 px images without names, the names beside them as
`Label`s, so that the map sets them upright and whole, across tile edges, at any zoom.

An archive may come from anywhere, so the process that reads it has given up what rights the platform can take, has so
much memory and so much time for a tile, and what it answers is never unpickled.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from reviewer import config
from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.archive import WORLD, Bounds, MapSource, source_of
from reviewer.media import answers, apart
from reviewer.services.basemap import backdrop, shipped
from reviewer.ui.review.map_draw import DrawnTile, Label, Renderer
from reviewer.ui.review.map_sheet import TILE_PX, Key

__all__ = ["TILE_PX", "DrawnTile", "Key", "Label", "Reach", "TileProcess", "shipped"]

_PATIENCE = 8.0  # s for one tile
_STARTING = 4  # times as long for the first one: on a busy machine the process has to come up first
_LARGEST = TILE_PX * TILE_PX * 4 + (1 << 20)  # bytes of one answer
_STRIKES = 3  # times the process may end before it is asked for the shipped map alone
_TROUBLE = UnreadableArchive("A piece of the map could not be drawn.", "Move the map to try again.")
_DEEPEST = 24
_ROOM = 42  # characters beside the scale of the narrow map
Wish = tuple[Key, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """What the map is made of, for whoever shows it."""

    bounds: Bounds
    credits: str

    @property
    def attribution(self) -> str:
        """The credits, as short as a narrow map has room for."""
        return self.credits if len(self.credits) <= _ROOM else f"{self.credits[: _ROOM - 1]}…"


class TileProcess:
    """Draws tiles in a process that starts with `warm` or the first wish and ends with `close`. A crash or a hang there
    costs one tile. `sources`: the first is drawn over the others; none is the coarse world alone."""

    def __init__(self, sources: Sequence[MapSource] | Path, *, patience: float = _PATIENCE) -> None:
        """Raises UnreadableArchive for a path that is no archive."""
        self._sources = (source_of(sources),) if isinstance(sources, Path) else tuple(sources)
        self._patience = patience
        self._wishes: SimpleQueue[tuple[Wish, Future[DrawnTile]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process: Any = None
        self._pipe: Any = None
        self._closing = False
        self._strikes = 0
        self._answered = False
        self._refused: set[Wish] = set()

    @property
    def archive(self) -> Reach:
        """What is drawn: the first archive's place, everybody's credits."""
        words = dict.fromkeys(each.attribution for each in self._sources)
        return Reach(self._sources[0].bounds if self._sources else WORLD, " · ".join(words) or "Natural Earth")

    def warm(self) -> None:
        """Start the process, so that the first tile need not wait for it. Returns at once."""
        self._ask(None)

    def draw(self, key: Key, style: str) -> Future[DrawnTile]:
        """The tile, later. The future raises UnreadableArchive if the process died or was ended over it."""
        outcome: Future[DrawnTile] = Future()
        self._ask(((key, style), outcome))
        return outcome

    def close(self) -> None:
        """End the process, whatever it does."""
        self._closing = True
        if self._thread is not None:
            self._wishes.put(None)
            self._end()
            self._thread.join(2.0)
            self._thread = None

    def _ask(self, wish: tuple[Wish, Future[DrawnTile]] | None) -> None:
        self._wishes.put(wish)
        if self._thread is None and not self._closing:
            self._thread = threading.Thread(target=self._run, name="map", daemon=True)
            self._thread.start()

    # -- the thread that talks with the process

    def _run(self) -> None:
        self._start()
        while not self._closing:
            asked = self._wishes.get()
            if asked is not None:
                self._answer(*asked)
        self._end()
        while not self._wishes.empty():
            asked = self._wishes.get()
            if asked is not None:
                asked[1].cancel()

    def _answer(self, wish: Wish, outcome: Future[DrawnTile]) -> None:
        if not outcome.set_running_or_notify_cancel():
            return
        try:
            outcome.set_result(self._drawn(wish))
        except UnreadableArchive as wrong:
            outcome.set_exception(wrong)

    def _drawn(self, wish: Wish) -> DrawnTile:
        if wish in self._refused or not _is_tile(wish[0]):
            raise _TROUBLE
        if self._process is None:
            self._start()
        try:
            self._pipe.send(wish)
            if self._pipe.poll(self._patience if self._answered else self._patience * _STARTING):
                found = _checked(self._pipe.recv_bytes(_LARGEST), wish[0])
                self._answered = True
                return found
        except (OSError, EOFError, answers.Unfit):
            pass
        self._struck(wish)
        raise _TROUBLE

    def _struck(self, wish: Wish) -> None:
        """The process died, hung, or answered nonsense: another one starts with the next wish, and this wish is not
        asked again. Where that goes on, what comes from elsewhere is left out."""
        self._end()
        if self._closing:
            return
        self._refused.add(wish)
        self._strikes += 1
        if self._strikes == _STRIKES:
            self._sources = tuple(each for each in self._sources if each.shipped)
            self._refused.clear()

    def _start(self) -> None:
        ours, theirs = apart.context().Pipe()
        make: Any = apart.context()
        process = make.Process(target=_serve, args=(theirs, self._sources, backdrop()), name="map", daemon=True)
        with config.own_modules():
            process.start()
        theirs.close()
        self._pipe, self._process, self._answered = ours, process, False
        if self._closing:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()


def _is_tile(key: Key) -> bool:
    z, x, y = key
    return 0 <= z <= _DEEPEST and 0 <= x < 1 << z and 0 <= y < 1 << z


def _checked(body: bytes, key: Key) -> DrawnTile:
    """What the process answered, if it can be a tile. Raises Unfit."""
    tile: DrawnTile = answers.unpack(body, DrawnTile)
    whole = tile.key == key and len(tile.pixels) == TILE_PX * TILE_PX * 4
    if not whole or not all(
        math.isfinite(n) for each in tile.labels for n in (each.x, each.y, each.angle, each.length)
    ):
        raise answers.Unfit("no tile")
    return tile


# -- in the process itself ---------------------------------------------------------------------------------------------


def _serve(pipe: Any, sources: Sequence[MapSource], world: Path) -> None:  # noqa: ANN401 - either platform's connection
    """Draw what is asked for until nobody asks any more."""
    apart.confine()
    apart.let_go_of_all_but(pipe)
    apart.seclude()
    _attend(pipe, Renderer(sources, world).draw)


def _attend(pipe: Any, draw: Callable[[Key, str], DrawnTile]) -> None:  # noqa: ANN401
    with suppress(OSError, EOFError):  # the app is gone
        while True:
            key, style = pipe.recv()
            pipe.send_bytes(answers.pack(draw(key, style)))
