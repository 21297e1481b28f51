"""What the timeline shows, as values: lanes, marks, what was watched, the loop; and where each lies in the widget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QSize

from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.timebase import TimeRange, Utc, merge
from reviewer.records.queries import Watched
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.peaks import Peaks

RULER, STRIP, LANE, THIN_LANE = 26, 24, 46, 21
HEADER = 198
FEW = 4  # cameras that get a full lane
FAST = 2000  # rate_milli: faster than this is half watched


@dataclass(frozen=True, slots=True)
class WatchedStretch:
    """`fast`: only faster than 2×, drawn at half height."""

    range: TimeRange
    fast: bool = False


def fold_watched(rows: Iterable[Watched]) -> tuple[WatchedStretch, ...]:
    """Many spans as few stretches, the fast ones under the others."""
    seen = [row for row in rows if row.width > 0 and row.shown.duration]
    fast = merge(row.shown for row in seen if abs(row.rate_milli) > FAST)
    calm = merge(row.shown for row in seen if abs(row.rate_milli) <= FAST)
    return (*(WatchedStretch(r, True) for r in fast), *(WatchedStretch(r) for r in calm))


def unwatched(whole: Iterable[TimeRange], watched: Iterable[WatchedStretch]) -> tuple[TimeRange, ...]:
    """What of `whole` nobody watched, in order of time."""
    left: list[TimeRange] = []
    seen = merge(w.range for w in watched)
    for stretch in merge(whole):
        start = stretch.start
        for each in seen:
            if each.end > start and each.start < stretch.end:
                if each.start > start:
                    left.append(TimeRange(start, each.start))
                start = each.end
        if start < stretch.end:
            left.append(TimeRange(start, stretch.end))
    return tuple(left)


@dataclass(slots=True)
class Scene:
    """Everything that is drawn below the play-head. `watched` and `peaks` by camera key."""

    cameras: tuple[ReviewCamera, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    watched: dict[str, tuple[WatchedStretch, ...]] = field(default_factory=dict)
    peaks: dict[str, list[Peaks]] = field(default_factory=dict)
    focused: str | None = None
    heard: str | None = None
    selected: str | None = None  # a bookmark
    loop: TimeRange | None = None
    mark_in: Utc | None = None

    @property
    def any_watched(self) -> tuple[WatchedStretch, ...]:
        """Watched on any camera, the calm over the fast."""
        shown = [w for c in self.cameras for w in self.watched.get(c.key, ())]
        fast = merge(w.range for w in shown if w.fast)
        calm = merge(w.range for w in shown if not w.fast)
        return (*(WatchedStretch(r, True) for r in fast), *(WatchedStretch(r) for r in calm))

    def places(self, camera: ReviewCamera) -> Iterable[tuple[Bookmark, TimeRange]]:
        """The bookmarks of one lane with their place on it, by today's clock of that camera."""
        for bookmark in self.bookmarks:
            if not bookmark.marks:
                yield bookmark, bookmark.at
            for mark in bookmark.marks:
                if mark.recording == camera.key and mark.part < len(camera.manifest.parts):
                    yield bookmark, mark_range(camera, mark)


def mark_range(camera: ReviewCamera, mark: Mark) -> TimeRange:
    """Where a mark on the footage lies in UTC, by the clock that the manifest now gives the camera."""
    model = camera.manifest.model(camera.manifest.parts[mark.part])
    return TimeRange(model.to_utc(mark.start), model.to_utc(mark.end))


def bookmark_range(bookmark: Bookmark, cameras: Iterable[ReviewCamera]) -> TimeRange:
    """Where a bookmark is to be found now: on its first camera that is here, else where it was set."""
    by_key = {c.key: c for c in cameras}
    for mark in bookmark.marks:
        camera = by_key.get(mark.recording)
        if camera is not None and mark.part < len(camera.manifest.parts):
            return mark_range(camera, mark)
    return bookmark.at


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie in a timeline of some size."""

    size: QSize
    lanes: int

    @property
    def lane_height(self) -> int:
        return LANE if self.lanes <= FEW else THIN_LANE

    @property
    def header(self) -> int:
        return HEADER if self.size.width() >= 900 else 150

    @property
    def height(self) -> int:
        return RULER + self.lanes * self.lane_height + STRIP

    @property
    def width(self) -> int:
        """Pixels that time runs over."""
        return max(1, self.size.width() - self.header)

    @property
    def ruler(self) -> QRect:
        return QRect(self.header, 0, self.width, RULER)

    @property
    def strip(self) -> QRect:
        return QRect(self.header, RULER + self.lanes * self.lane_height, self.width, STRIP)

    def lane(self, index: int) -> QRect:
        return QRect(self.header, RULER + index * self.lane_height, self.width, self.lane_height)

    def lane_at(self, y: float) -> int | None:
        index = int(y - RULER) // self.lane_height
        return index if y >= RULER and index < self.lanes else None

    def sound(self, index: int) -> QRect:
        """The sound icon of a lane's header, a target 28 px wide."""
        lane = self.lane(index)
        return QRect(self.header - 34, lane.top(), 28, lane.height())
