"""Bands on the timeline: stretches that answer a question (who was near this place), a bar over their lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from reviewer.domain.timebase import TimeRange, Utc, merge
from reviewer.ui.review.lane_marks import Marker, Places

_BAR = 3  # px: the free room above a lane's footage


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """One answer: by camera key its stretches; "" is none of the cameras. `words` say what they are. `faint`: what is
    only perhaps so."""

    words: str
    ranges: Mapping[str, tuple[TimeRange, ...]]
    places: Mapping[str, Places]
    faint: bool = False

    @classmethod
    def of(cls, words: str, ranges: Mapping[str, Iterable[TimeRange]], *, faint: bool = False) -> Bands:
        merged = {key: merge(each) for key, each in ranges.items()}
        return cls(words, merged, {key: Places.of_ranges(each) for key, each in merged.items()}, faint)

    def at(self, camera: str, instant: Utc) -> TimeRange | None:
        """The stretch that an instant lies in."""
        return next((r for r in self.ranges.get(camera, ()) if instant in r), None)


def paint_bands(marker: Marker, bands: Iterable[Bands], camera: str, lane: QRectF) -> None:
    """A bar at the lane's upper edge, a veil down to its lower one."""
    ink = marker.theme.color("ink")
    veil, pale = QColor(ink), QColor(ink)
    veil.setAlphaF(0.09)
    pale.setAlphaF(0.45)
    for each in bands:
        places = each.places.get(camera)
        if places is not None:
            marker.strip(places, lane.top() + _BAR, lane.height() - _BAR, veil)
            marker.strip(places, lane.top(), _BAR, pale if each.faint else ink)
