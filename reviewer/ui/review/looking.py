"""How each camera is looked at: its lens, changed by keys, wheel and tools, undone step by step, remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

from PySide6.QtCore import QObject, Signal

from reviewer.domain.lens import CameraLens, Lens
from reviewer.ui.review.framing import Framing, panned

STEP = 10  # of brightness and contrast, a press
_NEARER = 1.25
_PAN = 0.2  # of what is in view, a press
_ONE_MOVE = 0.6  # s: what follows sooner (a wheel turning, a key held) is undone with it
_STEPS = 50


class Looking(QObject):
    """`changed` carries a camera's key and its Lens. What the commands change is the focused camera's. `view_of` gives
    what is in view of a camera now."""

    changed = Signal(str, object)

    def __init__(
        self, focused: Callable[[], str | None], view_of: Callable[[str], Framing | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._focused, self._view_of = focused, view_of
        self._lenses: dict[str, Lens] = {}
        self._before: dict[str, list[Lens]] = {}
        self._moved: tuple[str, float] = ("", 0.0)

    def lens(self, key: str | None) -> Lens:
        """A camera's; the plain one while nothing was changed."""
        return self._lenses.get(key or "", Lens())

    def lenses(self) -> tuple[CameraLens, ...]:
        """Those that change something."""
        return tuple(CameraLens(key, lens) for key, lens in sorted(self._lenses.items()) if lens != Lens())

    def set_lenses(self, lenses: Iterable[CameraLens]) -> None:
        """As they were remembered; every other camera plain, and nothing to undo."""
        wanted = {each.recording: each.lens for each in lenses}
        self._before.clear()
        for key in {*self._lenses, *wanted}:
            self._put(key, wanted.get(key, Lens()))

    def look(self, key: str, lens: Lens) -> None:
        """Look at a camera like this."""
        before = self.lens(key)
        if lens == before:
            return
        last, at = self._moved
        if last != key or monotonic() - at > _ONE_MOVE:
            steps = self._before.setdefault(key, [])
            steps.append(before)
            del steps[:-_STEPS]
        self._moved = (key, monotonic())
        self._put(key, lens)

    def _put(self, key: str, lens: Lens) -> None:
        self._lenses[key] = lens
        self.changed.emit(key, lens)

    # What keys and tools do with the focused camera

    def _change(self, change: Callable[[Lens], Lens], *, alone: bool = False) -> None:
        """Change the focused camera's lens; `alone`: a press of its own to undo."""
        key = self._focused()
        if key is not None:
            self._moved = ("", 0.0) if alone else self._moved
            self.look(key, change(self.lens(key)))
            self._moved = ("", 0.0) if alone else self._moved

    def nearer(self, by: int = 1) -> None:
        """A step nearer around the middle of what is in view; for −1 a step farther."""
        self._change(lambda lens: lens.nearer(_near_whole(lens.zoom * _NEARER**by), (lens.x / 1e6, lens.y / 1e6)))

    def pan(self, across: int, down: int) -> None:
        """A step to the right and down; nothing at 1×."""
        key = self._focused()
        view = self._view_of(key) if key is not None else None
        if view is not None:
            self._change(lambda lens: panned(lens, view, across * _PAN, down * _PAN) if lens.zoomed else lens)

    def centre(self, x: float, y: float) -> None:
        """This point (0–1) of the focused picture into the middle."""
        self._change(lambda lens: lens.centred(x, y))

    def whole(self) -> None:
        """The whole picture; turned and lit as before."""
        self._change(Lens.whole, alone=True)

    def turn(self) -> None:
        """A quarter turn clockwise."""
        self._change(Lens.turned, alone=True)

    def light(self, brightness: int = 0, contrast: int = 0, gamma: int = 0) -> None:
        """Steps of brightness, contrast and gamma, up or down."""
        self._change(lambda lens: lens.lit(brightness * STEP, contrast * STEP, gamma))

    def set_light(self, lens: Lens) -> None:
        """The light of this lens, as a slider has it."""
        self._change(lambda _now: lens)

    def reset(self) -> None:
        """As recorded: the whole picture, upright, in its own light."""
        self._change(lambda _lens: Lens(), alone=True)

    def undo(self) -> None:
        """Back by one change of the focused camera."""
        key = self._focused()
        steps = self._before.get(key or "", [])
        if key is not None and steps:
            self._moved = ("", 0.0)
            self._put(key, steps.pop())

    def can_undo(self, key: str | None) -> bool:
        """Whether there is a change of this camera to go back by."""
        return bool(self._before.get(key or ""))


def _near_whole(zoom: float) -> int:
    return 1000 if zoom < 1050 else round(zoom)
