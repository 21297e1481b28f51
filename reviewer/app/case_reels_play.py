"""A reel's preview in real time, on two stages: one is in sight, the other has the next clip's cameras ready.

The next clip is loaded while this one plays, and set going a moment before it is due, out of sight and unheard: its
cameras have decoded, and its entry is durable, when its first frame is to be seen. What it announced and nobody saw is
not in the closing entry (`services/viewing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from reviewer.app.case_reels_hold import Hold
from reviewer.app.case_stage import Stage
from reviewer.app.later import Later
from reviewer.domain.reel import Clip, ClipKind
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.services.playback import Playback
from reviewer.ui.reels_stage import ReelStage
from reviewer.ui.review.cameras import ReviewCamera

LEAD = Micros(400_000)
"""How long before it is due the next clip is set going, in µs."""
_EARLY = Micros(60_000)  # … and what its first entry may take to be durable
_TRIM = Micros(34_000)  # of a clip's end may be left out, so that the next one begins on its own first frame
_TICK_MS = 8
_SAY = 0.1  # s: where it stands is said ten times a second while it plays
_SOON_MS = 350  # after a clip began: what follows is loaded once its first pictures stand
_READY = 0.0
"""As loud is who is heard next: decoded, and announced to the log, so that neither has to be done while all begins."""
_NONE = Micros(0)
SHORT = Micros(SECOND)
LONG = Micros(5 * SECOND)
"""What the arrows go."""

Cameras = Callable[[Iterable[str]], tuple[ReviewCamera, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the preview stands: clip `n`, and µs since it began."""

    n: int
    since: Micros


class ReelPlayer(QObject):
    """On the GUI thread. `moved`: it stands elsewhere, or plays, or does not; at most once a tick. `came(clip id)`:
    playing has come to this clip."""

    moved = Signal()
    came = Signal(str)

    def __init__(self, stages: tuple[Stage, Stage], face: ReelStage, cameras: Cameras) -> None:
        super().__init__(stages[0])
        self._stages, self._face, self._cameras = stages, face, cameras
        self._front = 0
        self._clips: tuple[Clip, ...] = ()
        self._n: int | None = None
        self._source: tuple[str, ...] = ()
        self._playing = self._asking = False
        self._hold = Hold()
        self._ready: int | None = None  # which clip the other stage has
        self._lead = LEAD
        self.muted = False
        self._said = 0.0
        self._soon = Later(self, self._prepare, _SOON_MS)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        for stage in stages:
            stage.view.wanted.connect(lambda wanted: None if wanted else self.stop())

    # What is shown

    @property
    def stage(self) -> Stage:
        """The one in sight."""
        return self._stages[self._front]

    @property
    def playback(self) -> Playback | None:
        return self.stage.playback

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def source(self) -> tuple[str, ...]:
        """The recordings that are looked at, of which a clip may be made; () while a clip is."""
        return self._source

    @property
    def clip(self) -> Clip | None:
        """The clip that is shown."""
        return self._clips[self._n] if self._n is not None and self._n < len(self._clips) else None

    @property
    def asking(self) -> bool:
        """Whether a question stands now."""
        return self._asking

    @property
    def place(self) -> Place | None:
        """Where in the reel; None while a source is looked at."""
        clip = self.clip
        if clip is None or self._n is None:
            return None
        if clip.kind is ClipKind.CARD:
            return Place(self._n, Micros(round(self._hold.spent * 1e6)))
        length = clip.end - clip.start
        if self._asking:
            return Place(self._n, Micros(length + round(self._hold.spent * 1e6)))
        now = self.stage.now()
        since = 0 if now is None else now - self._begin(clip)
        return Place(self._n, Micros(max(0, min(since, length))))

    @property
    def now(self) -> Utc | None:
        """Wall time of the picture; None where there is none."""
        clip = self.clip
        return None if clip is not None and clip.kind is ClipKind.CARD else self.stage.now()

    def _begin(self, clip: Clip) -> Utc:
        return self.stage.wall_time(clip.recordings[0], clip.start)

    def set_clips(self, clips: tuple[Clip, ...]) -> None:
        """The reel as it stands now. What is shown stays, if it is still there."""
        shown, cameras = self.clip, self.clip.recordings if self.clip is not None else ()
        self._clips, self._ready = clips, None
        if shown is None:
            return
        self._n = next((n for n, clip in enumerate(clips) if clip.id == shown.id), None)
        if self._n is None:
            self.stop()
        elif clips[self._n].recordings != cameras or shown.kind is ClipKind.CARD:
            self.show_clip(shown.id, at=self.stage.now())

    def show_source(self, recordings: tuple[str, ...], at: Utc | None = None) -> None:
        """Look at released recordings, from their begin, or here."""
        self.stop()
        if recordings == self._source and at is None:
            return
        self._source, self._n, self._asking = recordings, None, False
        self._face.show_card(None)
        cameras = self._cameras(recordings)
        if cameras:
            first = cameras[0].range
            now = self.stage.now() if at is None else at
            inside = now is not None and now in first
            self.stage.load(cameras, now if inside and now is not None else first.start)
        self.moved.emit()

    def show_clip(self, clip: str, *, at: Utc | None = None, since: Micros = _NONE) -> None:
        """Stand on this clip: at its begin, at an instant of wall time, or so long after its begin."""
        n = next((n for n, each in enumerate(self._clips) if each.id == clip), None)
        if n is not None:
            self.stop()
            self._show(n, since, at)
            self.moved.emit()

    def _show(self, n: int, since: Micros = _NONE, at: Utc | None = None) -> None:
        clip = self._clips[n]
        self._n, self._source, self._asking = n, (), False
        if not self._playing:
            self._to_first()
        if clip.kind is ClipKind.CARD:
            self._face.show_card((clip.title, *clip.caption.splitlines()))
            self._hold.begin(clip.hold, since, going=self._playing)
            return
        self._face.show_card(None)
        begin = self._begin(clip)
        last = max(begin, Utc(begin + clip.end - clip.start - 1))
        where = at if at is not None else Utc(min(last, begin + since))
        self.stage.load(self._cameras(clip.recordings), where)
        if clip.question and since >= clip.end - clip.start:
            self._ask(Micros(since - (clip.end - clip.start)))

    def _to_first(self) -> None:
        """What stands, stands on the first stage: masks are drawn there."""
        if self._front:
            self._front, self._ready = 0, None
            self._face.bring(0)

    # Playing

    def toggle(self) -> None:
        """Play from here on, or stop."""
        if self._playing:
            self.stop()
        elif self._source or self.clip is not None:
            self._go()

    def play_all(self) -> None:
        """The whole reel, from its beginning."""
        self.stop()
        if self._clips:
            self._show(0)
            self._go()

    def _go(self) -> None:
        playback, clip = self.playback, self.clip
        if clip is not None and (clip.kind is ClipKind.CARD or self._asking):
            self._playing = True
            self._hold.go_on()
        elif playback is not None:
            if clip is not None and self.now is not None and self.now >= self._begin(clip) + clip.end - clip.start - 1:
                playback.seek(self._begin(clip))
            self._playing = True
            self._hear()
            playback.play()
        if self._playing:
            self._timer.start()
            self._prepare()
        self.moved.emit()

    def stop(self) -> None:
        """Stand still, on the instant of this call."""
        self._timer.stop()
        was, self._playing = self._playing, False
        self._hold.pause()
        for stage in self._stages:
            if stage.playback is not None and stage.playback.playing:
                stage.playback.pause()
        self._ready = None
        if was:
            self.moved.emit()

    def seek(self, by: Micros) -> None:
        """So far on, or back."""
        now, playback = self.now, self.playback
        if now is not None and playback is not None and not self._asking:
            playback.seek(Utc(max(playback.range.start, min(playback.range.end, now + by))))
            self.moved.emit()

    def step(self, by: int) -> None:
        """One frame of the first camera on, or back."""
        self.stop()
        clip, playback = self.clip, self.playback
        key = clip.recordings[0] if clip is not None and clip.recordings else next(iter(self._source), "")
        if playback is not None and key and not self._asking:
            playback.step(key, by)
            self.moved.emit()

    def hear(self) -> None:
        """Let be heard what is to be, after something of it changed."""
        if self._playing:
            self._hear()

    def _hear(self) -> None:
        playback = self.playback
        if playback is not None:
            levels = self._levels(self.clip)
            playback.set_levels(levels)
            self.stage.view.wall.set_heard(levels)

    def _levels(self, clip: Clip | None, level: float = 1.0) -> dict[str, float]:
        """Who is heard in a clip, or of a source."""
        first = clip.recordings[0] if clip is not None and clip.recordings else next(iter(self._source), "")
        heard = clip.heard if clip is not None and clip.heard in clip.recordings else first
        return {heard: level} if heard and not self.muted else {}

    # From clip to clip

    def _tick(self) -> None:
        clip = self.clip
        if self._playing and monotonic() - self._said >= _SAY:
            self._said = monotonic()
            self.moved.emit()
        if not self._playing or clip is None or self._n is None:
            return
        left = self._left(clip)
        due = self._due()
        if due is not None and left <= self._lead + _EARLY:
            due.play()  # does nothing to one that plays
        late = self._until_ready()
        if left <= 0 or (late is not None and late <= 0 and left <= _TRIM):
            self._end_of(clip, late)

    def _left(self, clip: Clip) -> Micros:
        """µs until this clip, or its question, is over."""
        if clip.kind is ClipKind.CARD or self._asking:
            return self._hold.left
        now, playback = self.stage.now(), self.playback
        if now is None or (playback is not None and not playback.playing and now >= playback.range.end):
            return Micros(0)
        return Micros(self._begin(clip) + clip.end - clip.start - now)

    def _end_of(self, clip: Clip, late: Micros | None) -> None:
        if clip.question and not self._asking and clip.kind is ClipKind.FOOTAGE:
            self._ask(Micros(0))
            return
        nxt = (self._n or 0) + 1
        if late is not None and late > 0 and self._ready == nxt:
            if self.playback is not None and self.playback.playing:
                self.playback.pause()  # its last frame stands until the next one may be seen
            return
        if nxt >= len(self._clips):
            self.stop()
            return
        self._pass_to(nxt)

    def _ask(self, spent: Micros) -> None:
        clip = self.clip
        if clip is None:
            return
        self._asking = True
        if self.playback is not None and self.playback.playing:
            self.playback.pause()
        self._hold.begin(clip.hold, spent, going=self._playing)

    def _pass_to(self, n: int) -> None:
        """To the next clip, which the other stage may have ready."""
        if self._ready == n:
            before = self.playback
            self._front = 1 - self._front
            self._ready = None
            self._n, self._source, self._asking = n, (), False
            self._face.show_card(None)
            self._face.bring(self._front)
            if before is not None:
                before.pause()
                before.set_levels({})
            playback = self.playback
            if playback is not None:
                self._hear()
                if not playback.playing:
                    playback.play()
        else:
            if self.playback is not None and self.playback.playing:
                self.playback.pause()
            self._show(n)
            if self._clips[n].kind is ClipKind.FOOTAGE and self.playback is not None:
                self._hear()
                self.playback.play()
        if self._clips[n].lasts > 3 * LEAD:
            self._soon.ask()
        else:
            self._prepare()
        self.came.emit(self._clips[n].id)

    def _prepare(self) -> None:
        """Load the next clip of footage where nobody sees it."""
        here = self._n
        nxt = None
        if here is not None and self._playing:
            rest = range(here + 1, len(self._clips))
            nxt = next((n for n in rest if self._clips[n].kind is ClipKind.FOOTAGE), None)
        if nxt is None or nxt == self._ready:
            return
        clip, other = self._clips[nxt], self._stages[1 - self._front]
        cameras = self._cameras(clip.recordings)
        begin = self._begin(clip)
        first = min((camera.range.start for camera in cameras), default=begin)
        self._lead = Micros(max(0, min(LEAD, begin - first)))
        other.load(cameras, Utc(begin - self._lead), onward=True)
        if other.playback is not None:
            other.playback.set_levels(self._levels(clip, _READY))
        self._ready = nxt

    def _due(self) -> Playback | None:
        """The other stage's, if what it has comes next and it stands still."""
        other = self._stages[1 - self._front].playback
        if self._ready is None or self._ready != (self._n or 0) + 1 or other is None or other.playing or not self._lead:
            return None
        asks = self.clip is not None and self.clip.question and not self._asking
        return None if asks else other

    def _until_ready(self) -> Micros | None:
        """µs until the other stage comes to its clip's first frame; None where it is not on its way."""
        other = self._stages[1 - self._front]
        if self._ready is None or other.playback is None or not other.playback.playing:
            return None
        now = other.now()
        return None if now is None else Micros(self._begin(self._clips[self._ready]) - now)
