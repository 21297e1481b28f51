"""How far a stretch of footage has been shown without a hole, while it is played forwards."""

from __future__ import annotations

from reviewer.domain.gate import CRUMB
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture

_COMES = (TileState.PLAYING, TileState.LATE, TileState.STILL, TileState.OPENING, TileState.COVERED)
_TRIES = 3


class Unbroken:
    """Of one camera, since the clock was last sent somewhere. `to`: up to here all of it was painted, but for holes so
    short that they count as watched (`gate.CRUMB`)."""

    def __init__(self, since: Utc) -> None:
        self.to = since
        self._tries, self._tried = 0, since

    def see(self, at: Utc, tile: TilePicture | None, upto: Utc) -> bool:
        """The clock plays at `at`, and this was painted of the camera. False once there is a hole before `at` and
        `upto`: what is missing begins at `to`."""
        here = Utc(min(at, upto))
        if tile is None or tile.state not in _COMES:
            self.to = max(self.to, here)  # nothing of it is to be seen here
        elif tile.image is not None and tile.at <= self.to + CRUMB:
            self.to = max(self.to, tile.until)
        return here - self.to <= CRUMB

    def again(self, at: Utc) -> bool:
        """Whether it is worth going back to `to`: not for what did not come several times in a row. Then `to` is `at`,
        and what is missing stays so."""
        self._tries = self._tries + 1 if self.to <= self._tried else 1
        self._tried = self.to
        if self._tries > _TRIES:
            self.to, self._tries = at, 0
            return False
        return True
