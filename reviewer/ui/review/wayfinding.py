"""Going to marks and to what was not watched yet, by key or by a click on a list, a lane or a tile."""

from __future__ import annotations

from PySide6.QtCore import QObject

from reviewer.domain.timebase import Utc
from reviewer.ui.review.annotation_panel import AnnotationPanel
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.controls import Controls
from reviewer.ui.review.history import History
from reviewer.ui.review.marking import Marking
from reviewer.ui.review.scene import bookmark_range
from reviewer.ui.review.timeline import Timeline
from reviewer.ui.review.video_wall import VideoWall


def edges(camera: ReviewCamera) -> tuple[Utc, ...]:
    """Where each part begins, and where a gap does."""
    rolling = camera.manifest.rolling
    return (*(part.started_at for part in camera.manifest.parts), *(stretch.end for stretch in rolling[:-1]))


class Wayfinding(QObject):
    """Goes to marks, to what nobody watched yet, to a bookmark that was picked."""

    def __init__(
        self,
        controls: Controls,
        marking: Marking,
        history: History,
        wall: VideoWall,
        timeline: Timeline,
        panel: AnnotationPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controls, self._marking, self._history = controls, marking, history
        self._wall, self._timeline, self._panel = wall, timeline, panel
        timeline.bookmark_asked.connect(self.to_bookmark)
        panel.go_asked.connect(self.to_bookmark)

    def to_bookmark(self, id_: str) -> None:
        """Its first moment, with the mark chosen wherever it is drawn."""
        bookmark = self._marking.bookmark(id_)
        if bookmark is not None:
            self._controls.seek(bookmark_range(bookmark, self._wall.cameras).start)
            self._choose(id_)

    def to_mark(self, by: int) -> None:
        """↑ ↓: the mark before or after the play-head, of those that the list shows."""
        places = {bookmark_range(b, self._wall.cameras).start: b.id for b in self._panel.shown}
        reached = self._controls.to_place(places, by)
        if reached is not None:
            self._choose(places[reached])

    def to_unwatched(self, by: int) -> None:
        """[ ]: the stretch of the focused camera that nobody watched yet."""
        focused = next((c for c in self._wall.cameras if c.key == self._wall.focused), None)
        self._controls.to_place((s.start for s in self._history.unwatched(focused)), by)

    def to_edge(self, by: int) -> None:
        """Where the focused camera starts or stops: the next part, the next gap; of all cameras if none is focused."""
        cameras = [c for c in self._wall.cameras if c.key == self._wall.focused] or list(self._wall.cameras)
        self._controls.to_place((at for c in cameras for at in edges(c)), by)

    def _choose(self, id_: str) -> None:
        self._panel.select(id_)
        self._timeline.select(id_)
