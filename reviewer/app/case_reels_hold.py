"""A card or a question of a reel that stands for a while."""

from __future__ import annotations

from time import monotonic

from reviewer.domain.timebase import Micros

_NONE = Micros(0)


class Hold:
    """A card or a question that stands for a while; the clock stops while it is paused."""

    def __init__(self) -> None:
        self.lasts = 0.0
        self._spent = 0.0
        self._since: float | None = None

    def begin(self, lasts: Micros, spent: Micros = _NONE, *, going: bool) -> None:
        """For so many µs, of which some are over."""
        self.lasts, self._spent = lasts / 1e6, spent / 1e6
        self._since = monotonic() if going else None

    def pause(self) -> None:
        """The clock stops."""
        self._spent, self._since = self.spent, None

    def go_on(self) -> None:
        """From where it stopped."""
        self._since = self._since if self._since is not None else monotonic()

    @property
    def spent(self) -> float:
        """Seconds."""
        return self._spent + (monotonic() - self._since if self._since is not None else 0.0)

    @property
    def left(self) -> Micros:
        """µs; less than 0 once it is over."""
        return Micros(round((self.lasts - self.spent) * 1e6))
