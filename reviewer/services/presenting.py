"""A finished reel before people: where its clips are in the file, when it stops to ask, and where an answer leads.

The file plays from its start to its end by itself; what stands here is the tree that its author drew. Notes, questions
and answers are those of the clips as they are now, the places those of the file as it was made (its job's plan).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from reviewer.domain.errors import ReviewerError
from reviewer.domain.making_acts import CopyMade
from reviewer.domain.reel import Clip
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media.vlc import UNCERTAINTY
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.reel_plan import Chapter, chapters, chapters_of
from reviewer.services.rendering_job import plan_sha256

MOST_ANSWERS = 9
"""Each has a key of its own."""
_INTO = Micros(40_000)  # a frame and a little: where a clip begins, libVLC may still have the last one's picture
_START = Micros(0)
_MOST = 10_000
_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """`to` is the stop that it leads to; None ends the reel."""

    words: str
    to: int | None


@dataclass(frozen=True, slots=True)
class Stop:
    """A clip or a card of the file: [start, end) µs. From `asks` on its last frame stands still, for the question; None
    where it asks nothing."""

    clip: str
    title: str
    start: Micros
    end: Micros
    asks: Micros | None = None
    question: str = ""
    answers: tuple[Answer, ...] = ()
    notes: str = ""
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """The stops of one file, in its order."""

    stops: tuple[Stop, ...]

    @property
    def length(self) -> Micros:
        return self.stops[-1].end if self.stops else Micros(0)

    def at(self, place: Micros) -> int:
        """The stop that this place is in; the last one beyond the end."""
        return next((n for n, stop in enumerate(self.stops) if place < stop.end), max(0, len(self.stops) - 1))


def script_of(plan: RenderPlan, clips: Iterable[Clip]) -> Script:
    """The stops of a file that was made by this plan. Raises ReviewerError for a plan that has none."""
    titles = {scene.id: scene.title or next(iter(scene.lines), "") for scene in reversed(plan.scenes)}
    return _script(chapters(plan), titles, clips)


def script_made(made: CopyMade, clips: Iterable[Clip], planned: Callable[[], RenderPlan]) -> Script:
    """The stops of a file whose job is not here any more, or never was: from the scenes that the log has, or from what
    would be rendered now (`planned`) where that is what the file was made of. Raises ReviewerError where it is not."""
    if made.scenes:
        return _script(chapters_of(made.scenes), {}, clips)
    with suppress(ReviewerError):  # a reel that cannot be planned any more is another one, too
        plan = planned()
        if plan_sha256(plan) == made.plan:
            return script_of(plan, clips)
    raise ReviewerError(
        f"Where the clips of {made.name} begin is not known: its entry is of before the log had that, and the reel was "
        "changed since.",
        "Render the reel again, and present that file.",
    )


def _script(found: tuple[Chapter, ...], titles: Mapping[str, str], clips: Iterable[Clip]) -> Script:
    found = found[:_MOST]
    if not found:
        raise ReviewerError("The file has no clips.", "Render the reel again.")
    known = {clip.id: clip for clip in clips}
    places = {chapter.clip: n for n, chapter in reversed(list(enumerate(found)))}
    stops = []
    for chapter in found:
        clip, title = known.get(chapter.clip), titles.get(chapter.clip, "")
        end = Micros(chapter.start + chapter.lasts)
        stop = Stop(chapter.clip, title, chapter.start, end, chapter.asks)
        if clip is not None:
            ways = clip.branches if chapter.asks is not None else ()
            answers = tuple(Answer(way.answer, places.get(way.to)) for way in ways if not way.to or way.to in places)
            words = (clip.question if chapter.asks is not None else "", answers[:MOST_ANSWERS], clip.notes, clip.limits)
            stop = Stop(chapter.clip, clip.title or title, chapter.start, end, chapter.asks, *words)
        stops.append(stop)
    return Script(tuple(stops))


@dataclass(frozen=True, slots=True)
class Move:
    """What the player is to do: go to this place, and play or stand still there."""

    at: Micros
    playing: bool


@dataclass
class Presentation:
    """What has been shown of a script so far, and what comes. No clock of its own: it is told where the player is."""

    script: Script
    here: int = 0
    asking: bool = False
    """Whether a question stands, and the file waits for what people say."""
    place: Micros = _START
    playing: bool = False
    _asked: bool = field(default=False)  # the question of the stop that it is in was put

    @property
    def stop(self) -> Stop:
        return self.script.stops[self.here]

    @property
    def next_asks(self) -> Stop | None:
        """The next stop from here on with a question that was not put yet."""
        first = self.here + (1 if self._asked else 0)
        return next((stop for stop in self.script.stops[first:] if stop.asks is not None), None)

    def told(self, place: Micros, *, playing: bool) -> Move | None:
        """The player is here; a Move where it has to stand still because this asks."""
        self.place, self.playing = place, playing
        here = self.script.at(place)
        if here != self.here:
            self._enter(here)
        stop = self.stop
        if stop.asks is None or self._asked or not playing:
            return None
        surely = min(UNCERTAINTY, (stop.end - stop.asks) // 2)  # its picture stands when it is this far
        if place < stop.asks + surely:
            return None
        self.asking = self._asked = True
        return Move(place, playing=False)

    def told_dark(self) -> None:
        """The room sees no picture, and none is on its way."""
        self.playing = False

    def _enter(self, stop: int) -> None:
        self.here, self.asking, self._asked = stop, False, False

    def jump(self, stop: int) -> Move | None:
        """To the beginning of a stop, playing; None where there is none."""
        if not 0 <= stop < len(self.script.stops):
            return None
        self._enter(stop)
        start = self.stop.start
        return Move(Micros(min(start + _INTO, self.stop.end - 1)), playing=True)

    def next(self) -> Move | None:
        return self.jump(self.here + 1)

    def previous(self) -> Move | None:
        """To the beginning of this stop, or of the one before where this one has only begun."""
        begun = self.place - self.stop.start < 2 * SECOND
        return self.jump(max(0, self.here - 1 if begun else self.here))

    def answer(self, number: int) -> Move | None:
        """What the answer of this number (from 0) leads to; None where there is no such answer. One that ends the reel
        goes to the file's end and stands there."""
        answers = self.stop.answers
        if not self.asking or not 0 <= number < len(answers):
            return None
        to = answers[number].to
        if to is not None:
            return self.jump(to)
        self.asking = False
        return Move(Micros(max(0, self.script.length - SECOND // 10)), playing=False)

    def toggle(self) -> Move:
        """Play or stand still; from a question on to the next stop; from the end, the reel again."""
        if not self.playing and self.place >= self.script.length - 2 * UNCERTAINTY:
            return self.jump(0) or Move(_START, playing=True)
        if not self.asking:
            return Move(self.place, playing=not self.playing)
        self.asking = False
        return self.next() or Move(self.place, playing=True)


def files_of(queries: Queries, case: str, reel: str) -> tuple[CopyMade, ...]:
    """The files of this reel that were made and checked, here or wherever else this person follows the log; newest
    first. Where they lie is not in the log."""
    found = queries.entries(EntryFilter(case=case, kinds=(CopyMade.KIND,)), limit=_ENTRIES)
    events = (entry.event for entry in found)
    return tuple(e for e in events if isinstance(e, CopyMade) and e.of == reel and e.purpose == Purpose.REEL)


def made_of(queries: Queries, case: str, sha256: str) -> CopyMade | None:
    """The entry by which a file with this SHA-256 was made and checked here; None if the log has none."""
    found = queries.entries(EntryFilter(case=case, kinds=(CopyMade.KIND,)), limit=_ENTRIES)
    events = (entry.event for entry in found)
    return next((e for e in events if isinstance(e, CopyMade) and e.sha256 == sha256), None)
