"""What the timeline shows, as values: lanes, marks, what was watched, the loop; and where each lies in the widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QSize

from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.timebase import TimeRange, merge
from reviewer.records.queries import Watched
from reviewer.ui.review.cameras import ReviewCamera, Stretch, StretchKind
from reviewer.ui.review.lane_bands import Bands
from reviewer.ui.review.lane_marks import Places
from reviewer.ui.review.marked import Marked
from reviewer.ui.review.peaks import Peaks

RULER, STRIP, LANE, THIN_LANE = 26, 24, 46, 21
FILM = 64  # a row of pictures, if it is wanted
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
    seen = (row for row in rows if row.seen and row.shown.duration)
    return fold(WatchedStretch(row.shown, abs(row.rate_milli) > FAST) for row in seen)


def fold(stretches: Iterable[WatchedStretch]) -> tuple[WatchedStretch, ...]:
    """Stretches that touch as one, the fast ones under the others."""
    known = tuple(stretches)
    fast = merge(w.range for w in known if w.fast)
    calm = merge(w.range for w in known if not w.fast)
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
    """Everything that is drawn below the play-head. `watched` and `peaks` by camera key. What takes long to find out
    is found out when it changes, not at each drawing."""

    cameras: tuple[ReviewCamera, ...] = ()
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    marked: Marked = field(default_factory=Marked)
    watched: dict[str, tuple[WatchedStretch, ...]] = field(default_factory=dict)
    peaks: dict[str, list[Peaks]] = field(default_factory=dict)
    focused: str | None = None
    heard: frozenset[str] = frozenset()
    selected: str | None = None  # a bookmark
    stretches: dict[str, tuple[Stretch, ...]] = field(default_factory=dict)
    marks: dict[str, Places] = field(default_factory=dict)
    strips: dict[str, WatchedPlaces] = field(default_factory=dict)  # "" is any camera
    others: dict[str, tuple[TimeRange, ...]] = field(default_factory=dict)  # what anybody saw, by camera key
    bands: dict[str, Bands] = field(default_factory=dict)  # answers to questions, by their id

    def set_cameras(self, cameras: Iterable[ReviewCamera]) -> None:
        self.cameras = tuple(cameras)
        self.stretches = {c.key: c.stretches() for c in self.cameras}
        self.set_bookmarks(self.bookmarks.values())
        for camera in self.cameras:
            self.set_watched(camera.key, self.watched.get(camera.key, ()))

    def set_bookmarks(self, bookmarks: Iterable[Bookmark]) -> None:
        self.bookmarks = {each.id: each for each in bookmarks}
        self.marks = {c.key: Places.of(self.places(c)) for c in self.cameras}

    def put_bookmark(self, id_: str, bookmark: Bookmark | None) -> list[int]:
        """One of them is new, another or gone (None). Returns the lanes, by their row, in which that is seen."""
        before = self.rows_of((id_,))
        self.bookmarks.pop(id_, None)
        if bookmark is not None:
            self.bookmarks[id_] = bookmark
        touched = sorted({*before, *self.rows_of((id_,))})
        for row in touched:
            camera = self.cameras[row]
            found = [] if bookmark is None else list(_places_on(camera, bookmark))
            self.marks[camera.key] = self.marks[camera.key].with_mark(id_, found)
        return touched

    def rows_of(self, marks: Iterable[str]) -> list[int]:
        """The lanes, by their row, on which any of these bookmarks is."""
        found = [each for id_ in marks if (each := self.bookmarks.get(id_)) is not None]
        on = {mark.recording for each in found for mark in each.marks}
        everywhere = any(not each.marks for each in found)
        return [row for row, camera in enumerate(self.cameras) if everywhere or camera.key in on]

    def set_watched(self, camera: str, watched: Iterable[WatchedStretch]) -> None:
        self.watched[camera] = tuple(watched)
        self.strips.pop("", None)
        found = next((c for c in self.cameras if c.key == camera), None)
        if found is not None:
            kinds = (StretchKind.FOOTAGE, StretchKind.SILENT_BUFFER)
            whole = [s.range for s in self.stretches[camera] if s.kind in kinds]
            self.strips[camera] = WatchedPlaces.of(whole, self.watched[camera], self.others.get(camera, ()))

    def add_peaks(self, camera: str, peaks: Peaks) -> None:
        """A part's waveform, instead of the one that began at the same time."""
        others = [each for each in self.peaks.get(camera, ()) if each.start != peaks.start]
        self.peaks[camera] = [*others, peaks]

    def set_bands(self, id_: str, bands: Bands) -> None:
        """Instead of those that had this id; none that cover nothing."""
        self.bands.pop(id_, None)
        if any(bands.ranges.values()):
            self.bands[id_] = bands

    def set_others(self, camera: str, seen: Iterable[TimeRange]) -> None:
        """What anybody saw of a camera, this person or another."""
        self.others[camera] = tuple(seen)
        self.set_watched(camera, self.watched.get(camera, ()))

    @property
    def any_watched(self) -> WatchedPlaces:
        """Watched on any camera, the calm over the fast."""
        if "" not in self.strips:
            rolling = merge(r for camera in self.cameras for r in camera.manifest.rolling)
            shown = [w for c in self.cameras for w in self.watched.get(c.key, ())]
            anybody = merge(r for c in self.cameras for r in self.others.get(c.key, ()))
            self.strips[""] = WatchedPlaces.of(rolling, shown, anybody)
        return self.strips[""]

    def places(self, camera: ReviewCamera) -> Iterable[tuple[Bookmark, TimeRange]]:
        """The bookmarks of one lane with their place on it, by today's clock of that camera."""
        for bookmark in self.bookmarks.values():
            yield from _places_on(camera, bookmark)


def _places_on(camera: ReviewCamera, bookmark: Bookmark) -> Iterable[tuple[Bookmark, TimeRange]]:
    if not bookmark.marks:
        yield bookmark, bookmark.at
    for mark in bookmark.marks:
        if mark.recording == camera.key and mark.part < len(camera.manifest.parts):
            yield bookmark, mark_range(camera, mark)


@dataclass(frozen=True, slots=True, eq=False)
class WatchedPlaces:
    """A strip: what there is to watch, what anybody saw, what was watched faster than 2×, what calmly."""

    whole: Places
    anybody: Places
    fast: Places
    calm: Places

    @classmethod
    def of(
        cls, whole: Iterable[TimeRange], watched: Iterable[WatchedStretch], anybody: Iterable[TimeRange] = ()
    ) -> WatchedPlaces:
        seen = tuple(watched)
        fast, calm = merge(w.range for w in seen if w.fast), merge(w.range for w in seen if not w.fast)
        return cls(*(Places.of_ranges(each) for each in (tuple(whole), tuple(anybody), fast, calm)))


def mark_range(camera: ReviewCamera, mark: Mark) -> TimeRange:
    """Where a mark on the footage lies in UTC, by the clock that the manifest now gives the camera."""
    model = camera.manifest.model(camera.manifest.parts[mark.part])
    return TimeRange(model.to_utc(mark.start), model.to_utc(mark.end))


def bookmark_range(bookmark: Bookmark, cameras: Iterable[ReviewCamera] | Mapping[str, ReviewCamera]) -> TimeRange:
    """Where a bookmark is to be found now: on its first camera that is here, else where it was set."""
    by_key = cameras if isinstance(cameras, Mapping) else {c.key: c for c in cameras}
    for mark in bookmark.marks:
        camera = by_key.get(mark.recording)
        if camera is not None and mark.part < len(camera.manifest.parts):
            return mark_range(camera, mark)
    return bookmark.at


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie in a timeline of some size. `film`: whether there is a row of pictures under the ruler."""

    size: QSize
    lanes: int
    film: bool = False

    @property
    def top(self) -> int:
        """Where the lanes begin."""
        return RULER + (FILM if self.film else 0)

    @property
    def lane_height(self) -> int:
        return LANE if self.lanes <= FEW else THIN_LANE

    @property
    def header(self) -> int:
        return HEADER if self.size.width() >= 900 else 150

    @property
    def height(self) -> int:
        return self.top + self.lanes * self.lane_height + STRIP

    @property
    def width(self) -> int:
        """Pixels that time runs over."""
        return max(1, self.size.width() - self.header)

    @property
    def ruler(self) -> QRect:
        return QRect(self.header, 0, self.width, RULER)

    @property
    def strip(self) -> QRect:
        return QRect(self.header, self.top + self.lanes * self.lane_height, self.width, STRIP)

    @property
    def films(self) -> QRect:
        """The row of pictures; empty without one."""
        return QRect(self.header, RULER, self.width, self.top - RULER)

    def lane(self, index: int) -> QRect:
        return QRect(self.header, self.top + index * self.lane_height, self.width, self.lane_height)

    def lane_at(self, y: float) -> int | None:
        index = int(y - self.top) // self.lane_height
        return index if y >= self.top and index < self.lanes else None

    def sound(self, index: int) -> QRect:
        """The sound icon of a lane's header, a target 28 px wide."""
        lane = self.lane(index)
        return QRect(self.header - 34, lane.top(), 28, lane.height())
