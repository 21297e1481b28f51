"""What the status line says in Review: where it was resumed, how much was watched, what is wrong, what is whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import TimeRange, merge
from reviewer.ui.chrome import StatusItem
from reviewer.ui.review.cameras import ReviewCamera, Standing
from reviewer.ui.review.scene import WatchedStretch, unwatched
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import percent

_NEWEST_MS = 8000
LIMITS = StatusItem("info-circle", "Camera light, range and hearing differ from a person’s", Tone.WARN)


def watched_share(cameras: Iterable[ReviewCamera], watched: Mapping[str, Iterable[WatchedStretch]]) -> float | None:
    """How much of what these cameras recorded was watched at 2× or slower, 0–1; None if there is nothing to watch."""
    whole = left = 0
    for camera in cameras:
        if camera.assigned:
            rolling = merge(camera.manifest.rolling)
            calm = [w for w in watched.get(camera.key, ()) if not w.fast]
            whole += _length(rolling)
            left += _length(unwatched(rolling, calm))
    return (whole - left) / whole if whole else None


def _length(stretches: Iterable[TimeRange]) -> int:
    return sum(s.duration for s in stretches)


def integrity(cameras: Iterable[ReviewCamera]) -> str:
    """ "6 of 9 recordings verified, 1 corrupt"."""
    shown = tuple(cameras)
    standings = [[c.standing(i).standing for i in range(len(c.manifest.parts))] for c in shown if c.assigned]
    whole = sum(all(s is Standing.HERE for s in parts) for parts in standings)
    corrupt = sum(any(s is Standing.QUARANTINED for s in parts) for parts in standings)
    words = f"{whole} of {len(shown)} recordings verified"
    return f"{words}, {corrupt} corrupt" if corrupt else words


def status_of(
    cameras: tuple[ReviewCamera, ...],
    watched: Mapping[str, Iterable[WatchedStretch]],
    resumed: str,
    trouble: str,
    done: str = "",
    coverage: StatusItem | None = None,
) -> tuple[tuple[StatusItem, ...], str]:
    """The items and what stands at the right. `trouble` is the newest thing that did not work, `done` the newest that
    did and is seen nowhere else: for as long as that is said, it has the line to itself. `coverage` says what
    anybody saw; until it was counted, what this person has."""
    if done:
        return (StatusItem("check", done, Tone.OK),), integrity(cameras)
    items = [StatusItem("alert-triangle", trouble, Tone.WARN)] if trouble else []
    if resumed:
        items.append(StatusItem("history", resumed))
    share = watched_share(cameras, watched)
    if coverage is not None:
        items.append(coverage)
    elif share is not None:
        items.append(StatusItem("eye", f"Watched: {percent(share)} of this case"))
    return (*items, LIMITS), integrity(cameras)


class Saying(QObject):
    """What stands in the status line, kept up to date. `changed` carries the items and what stands at the right."""

    changed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trouble = self._done = self._silence = self.resumed = ""
        self._coverage: StatusItem | None = None
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._watched: Mapping[str, Iterable[WatchedStretch]] = {}
        self._newest = QTimer(self, singleShot=True, interval=_NEWEST_MS)
        self._newest.timeout.connect(lambda: self._say("", ""))

    def about(self, cameras: tuple[ReviewCamera, ...], watched: Mapping[str, Iterable[WatchedStretch]]) -> None:
        """Whose footage it is about, and what of it was watched."""
        self._cameras, self._watched = cameras, watched
        self.refresh()

    def say(self, error: ReviewerError) -> None:
        """Something did not work: for a while."""
        self._newest.start()
        self._say(str(error), "")

    def tell(self, done: str) -> None:
        """Something was done that is seen nowhere else: for a while."""
        self._newest.start()
        self._say("", done)

    def covered(self, said: str, sentence: str) -> None:
        """What anybody has seen of the case, in place of what this person has; the whole of it to who points at it."""
        self._coverage = StatusItem("eye", said, hint=sentence) if said else None
        self.refresh()

    def silence(self, why: str) -> None:
        """Why nothing is heard, for as long as that is so."""
        if why != self._silence:
            self._silence = why
            self.refresh()

    def _say(self, trouble: str, done: str) -> None:
        self._trouble, self._done = trouble, done
        self.refresh()

    def refresh(self) -> None:
        trouble = self._trouble or self._silence
        self.changed.emit(*status_of(self._cameras, self._watched, self.resumed, trouble, self._done, self._coverage))
