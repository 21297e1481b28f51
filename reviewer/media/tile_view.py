"""What the deck hands out for one camera at each tick, and remembers from the last one. Of the GUI's thread."""

from __future__ import annotations

from dataclasses import replace

from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Micros, Utc
from reviewer.media.camera import DeckCamera, Image, Spot, TilePicture
from reviewer.media.camera_process import CameraProcess
from reviewer.media.clock import Reading
from reviewer.media.ladder import Rung
from reviewer.media.shelf import HIGHEST, ORIGINAL, PROXY, WIDEST, Busy, Row

_BESIDE = 3  # developed frames that are kept ready for a step
_PRIMED = 6  # frames that are to be there before the clock rolls
_REDUCED = {Rung.SKIPPING: Fidelity.SKIPPING, Rung.KEYS: Fidelity.KEYS}


class TileView:
    """Finds the picture of an instant on the camera's shelf and develops it, once."""

    def __init__(self, process: CameraProcess) -> None:
        self.process = process
        self.camera = process.camera
        self._times = process.times
        self._spot: Spot | None = None
        self._version = -1
        self._shown: TilePicture | None = None
        self._row: Row | None = None  # what of the shelf is shown
        self._beside: dict[tuple[int, int, int], Image] = {}  # (seq, part, frame) of the frames next to it, developed

    def retime(self, camera: DeckCamera) -> None:
        """The same files by another clock; what is on the shelf stays."""
        self.process.retime(camera)
        self.camera = camera
        self._spot = self._shown = self._row = None

    def picture(self, at: Utc, *, rolling: bool = False) -> TilePicture:
        """The newest frame with own UTC <= `at`. The same object as at the last tick if nothing changed."""
        spot = self._where(at)
        if not spot.has_frame:
            self._shown = self._of_state(spot)
        else:
            try:
                self._shown = self._of_frame(spot, rolling)
            except Busy:
                self._shown = self._late(spot, None)
        return self._shown

    def _where(self, at: Utc) -> Spot:
        spot = self._spot
        if spot is None or self._version != self._times.version or not spot.at <= at < spot.until:
            self._version = self._times.version
            spot = self._spot = self._times.locate(at)
        return spot

    # -- whether it is there

    def ready(self, now: Reading, *, in_any: bool = False) -> bool:
        """Whether the tile shows, or says, what is right at `now`: at rest the original at the tile's size, or `in_any`
        quality."""
        if self.process.tile is None:
            return True
        spot = self._times.locate(now.at)
        if not spot.has_frame:
            return spot.state is not TileState.OPENING
        try:
            if now.rolling or in_any:
                return self.process.viewer.find(spot.part, spot.frame) is not None
            row = self.process.viewer.find(spot.part, spot.frame, exactly=ORIGINAL)
        except Busy:
            return False
        return row is not None and row.tile == self.process.tile

    def primed(self, now: Reading) -> bool:
        """Whether playing on from `now` will find its next frames."""
        if self.process.tile is None:
            return True
        spot = self._times.locate(now.at)
        if not spot.has_frame:
            return spot.state is not TileState.OPENING
        index = self._times.indexes[spot.part]
        count = len(index) if index is not None else 0
        if now.rate < 0:
            wanted = range(max(0, spot.frame - 2), spot.frame + 1)
        else:
            wanted = range(spot.frame, min(spot.frame + _PRIMED, count))
        if abs(now.rate) > 2000:
            wanted = range(spot.frame, spot.frame + 1)
        lost = self._times.missing
        return self.process.viewer.has(spot.part, wanted) or (
            bool(lost)
            and all((spot.part, f) in lost or self.process.viewer.has(spot.part, range(f, f + 1)) for f in wanted)
        )

    # -- what is shown

    def prepare(self, now: Reading) -> bool:
        """Where the clock stands, develop a frame next to the shown one, first the one that the last step went towards:
        so a step finds it. Whether there was one to develop."""
        spot, tile = self._where(now.at), self.process.tile
        if not spot.has_frame or tile is None:
            return False
        for frame in (spot.frame + now.direction, spot.frame - now.direction):
            try:
                row = self.process.viewer.find(spot.part, frame, exactly=ORIGINAL)
                if row is None or row.tile != tile or (row.seq, row.part, row.frame) in self._beside:
                    continue
                image = self.process.viewer.develop(row)
            except Busy:
                return False
            if image is not None:
                while len(self._beside) >= _BESIDE:
                    del self._beside[next(iter(self._beside))]
                self._beside[row.seq, row.part, row.frame] = image
                return True
        return False

    def _developed(self, row: Row) -> Image | None:
        beside = self._beside.pop((row.seq, row.part, row.frame), None)
        return self.process.viewer.develop(row) if beside is None else beside

    def _of_state(self, spot: Spot) -> TilePicture:
        shown, state = self._shown, spot.state or TileState.UNREADABLE
        self._row = None
        if shown is not None and (shown.state, shown.part, shown.at, shown.until, shown.note) == (
            state,
            spot.part,
            spot.at,
            spot.until,
            spot.note,
        ):
            return shown
        return TilePicture(state, None, spot.part, 0, spot.at, spot.until, note=spot.note)

    def _of_frame(self, spot: Spot, rolling: bool) -> TilePicture:
        shown, shelved = self._shown, self._row
        if self._stays(shown, shelved, spot) and shown is not None:
            return self._worded(shown, rolling)
        row = self.process.viewer.find(spot.part, spot.frame)
        if row is None:
            near = self.process.viewer.newest(spot.part, spot.frame)
            if near is None and (shown is None or shown.image is None):
                near = self.process.viewer.following(spot.part, spot.frame)  # backwards, what was just passed
            if near is None or (near.part, near.frame) != (spot.part, spot.frame):
                return self._late(spot, near)
            row = near  # it was put up between the two looks
        if shown is not None and self._is_right(shown, spot) and shelved is not None and row.seq == shelved.seq:
            return self._worded(shown, rolling)
        image = self._developed(row)
        if rolling:
            self._beside.clear()
        if image is None:
            return self._late(spot, None)
        self._row = row
        state = TileState.STILL if self.camera.parts[spot.part].still else TileState.PLAYING
        note = "This frame is damaged." if row.damaged else spot.note
        fidelity = self._fidelity(row, rolling)
        pts, turn = self._pts(spot.part, spot.frame), self._turn(spot.part)
        return TilePicture(state, image, spot.part, pts, spot.at, spot.until, note=note, fidelity=fidelity, turn=turn)

    def _stays(self, shown: TilePicture | None, row: Row | None, spot: Spot) -> bool:
        """Whether what is shown is the best there can be of this very frame."""
        return (
            shown is not None
            and row is not None
            and self._is_right(shown, spot)
            and (row.part, row.frame, row.level, row.tile) == (spot.part, spot.frame, ORIGINAL, self.process.tile)
            and shown.until == spot.until
        )

    @staticmethod
    def _is_right(shown: TilePicture, spot: Spot) -> bool:
        """Whether what is shown is this very frame, and says so: one that was called late while the table could not be
        had is looked up again."""
        is_late = shown.state is TileState.LATE
        return shown.image is not None and not is_late and (shown.part, shown.at) == (spot.part, spot.at)

    def _worded(self, shown: TilePicture, rolling: bool) -> TilePicture:
        """The same picture, with the words that hold now."""
        if self._row is None or self._row.level == PROXY:
            return shown
        fidelity = self._fidelity(self._row, rolling)
        return shown if shown.fidelity is fidelity else replace(shown, fidelity=fidelity)

    def _fidelity(self, row: Row, rolling: bool) -> Fidelity:
        if row.level == PROXY:
            return Fidelity.PROXY
        return _REDUCED.get(self.process.rung, Fidelity.ORIGINAL) if rolling else Fidelity.ORIGINAL

    def _late(self, spot: Spot, row: Row | None) -> TilePicture:
        """The newest frame there is, before the right one; else the last that was shown."""
        times, shown = self._times, self._shown
        if row is not None and not self._is_of(row, spot.part):
            row = None
        if shown is not None and self._is_right(shown, spot):
            return shown
        if shown is not None and shown.image is not None:
            held = row is not None and spot.part == shown.part and shown.at >= times.time(spot.part, row.frame)
            if row is None or (held and shown.at <= spot.at):
                late = Micros(abs(spot.at - shown.at))
                return replace(shown, state=TileState.LATE, late=late, note="")
        image = self.process.viewer.develop(row) if row is not None else None
        if image is None or row is None:
            return TilePicture(TileState.OPENING, None, spot.part, 0, spot.at, spot.until)
        self._row = row
        at, until = times.time(spot.part, row.frame), times.until(spot.part, row.frame)
        fidelity = self._fidelity(row, rolling=True)
        pts, turn = self._pts(spot.part, row.frame), self._turn(spot.part)
        return TilePicture(
            TileState.LATE, image, spot.part, pts, at, until, Micros(abs(spot.at - at)), fidelity=fidelity, turn=turn
        )

    def _is_of(self, row: Row, part: int) -> bool:
        """Whether it is a frame of this part. Another process writes the table: a row that was looked for may be
        another one's by now, and what it says of itself is not believed."""
        index = self._times.indexes[part]
        return row.part == part and index is not None and 0 <= row.frame < len(index.pts)

    def _pts(self, part: int, frame: int) -> int:
        index = self._times.indexes[part]
        return int(index.pts[frame]) if index is not None else 0

    def _turn(self, part: int) -> int:
        index = self._times.indexes[part]
        return index.rotation if index is not None else 0


def tile_size(width: int, height: int) -> tuple[int, int] | None:
    """A tile's size as decoders get it: None for one that is not seen, never more than a full HD screen."""
    if not width or not height:
        return None
    return max(2, min(width, WIDEST)), max(2, min(height, HIGHEST))
