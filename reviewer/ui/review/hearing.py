"""Whose sound is heard: at most one camera's, shown on its tile and its lane."""

from __future__ import annotations

from PySide6.QtCore import QObject

from reviewer.services.playback import Playback
from reviewer.ui.review.timeline import Timeline
from reviewer.ui.review.video_wall import VideoWall


class Hearing(QObject):
    """Turns what wall and timeline ask for into the one camera that is heard, and shows which it is."""

    def __init__(self, playback: Playback, wall: VideoWall, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playback, self._wall, self._timeline = playback, wall, timeline
        self._before: str | None = None
        wall.hear_asked.connect(self.hear)
        timeline.hear_asked.connect(self.hear)

    def hear(self, key: str) -> None:
        """Hear this camera; the one that is heard falls silent."""
        self._listen(None if self._playback.heard == key else key)

    def hear_number(self, number: int) -> None:
        camera = self._wall.numbered(number)
        if camera is not None and camera.assigned:
            self.hear(camera.key)

    def mute(self) -> None:
        """M: silence, and then the same camera again."""
        if self._playback.heard is not None:
            self._before = self._playback.heard
            self._listen(None)
        else:
            self._listen(self._before or self._wall.focused)

    def _listen(self, key: str | None) -> None:
        self._playback.listen(key)
        self._wall.set_heard(key)
        self._timeline.set_heard(key)
