"""Which proxies are made next: values and arithmetic, no threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer.domain.errors import ReviewerError
from reviewer.domain.recording import Kind, Manifest, Part
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.media.proxy import PROXY_CHUNK
from reviewer.services.custody import Grants
from reviewer.services.proxy_files import Cover
from reviewer.services.quarantine import item
from reviewer.services.queue import case_manifests
from reviewer.services.sync import ObjectState, states
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace

_GUESSED_RATE = 30  # frames a second, until the part's index is known
_TURN = 600 * SECOND
"""Cameras of the open case take turns: each goes so far from where the person is before the next one's turn."""

_NOTHING = Cover()

Span = tuple[int, int]  # first frame, count


@dataclass(frozen=True, slots=True)
class Work:
    """One part to make proxies of, of a case that is the `rank`-th in the queue."""

    case: str
    manifest: Manifest
    number: int
    rank: int

    @property
    def part(self) -> Part:
        return self.manifest.parts[self.number]

    @property
    def object(self) -> str:
        return self.part.object

    @property
    def label(self) -> str:
        """As shown: "Ofc. A. Niemi 2214, part 2"."""
        return item(self.manifest, self.part).label


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a part is: what is kept, and its number of frames once that is known."""

    cover: Cover = _NOTHING
    frames: int | None = None

    def of(self, part: Part) -> int:
        """Frames of the part: known, or guessed from its length."""
        known = self.cover.frames if self.cover.frames is not None else self.frames
        return known if known is not None else max(1, part.duration * _GUESSED_RATE // SECOND)

    def done(self, part: Part) -> Micros:
        """How much of the part's length is done."""
        return Micros(min(part.duration, part.duration * self.cover.covered // max(1, self.of(part))))

    def nearest(self, part: Part, at: Utc | None) -> tuple[Micros, Span] | None:
        """The missing span nearest to an instant (None: the first), and how far it is; None if none is missing."""
        frames = self.of(part)
        missing = self.cover.missing(frames, PROXY_CHUNK)
        if not missing:
            return None
        if at is None or not part.duration:
            return Micros(0), missing[0]
        here = (at - part.started_at) * frames // part.duration
        apart, _, span = min((_apart(span, here), span[0] < here, span) for span in missing)
        return Micros(apart * part.duration // frames), span


def _apart(span: Span, frame: int) -> int:
    """How many frames lie between a frame and a span."""
    first, count = span
    return max(first - frame, frame - (first + count - 1), 0)


def find_work(trust: Trust, grants: Grants, workspace: Workspace, user_id: str) -> list[Work]:
    """Every part of video that is on this machine and that this person may open, each once, in the queue's order.
    Cases that do not open are passed over in silence: nobody asked for them."""
    found: dict[str, Work] = {}
    assignments = sorted(
        trust.assignments(user_id).good, key=lambda a: (a.expires is None, a.expires or 0, a.issued_at)
    )
    for rank, assignment in enumerate(assignments):
        try:
            grants.case_key(assignment.case_id)
            manifests = case_manifests(trust, assignment, grants).good
        except ReviewerError:
            continue
        here = {s.item.object for s in states(workspace, manifests) if s.state is ObjectState.PRESENT}
        for manifest in manifests:
            for number, part in enumerate(manifest.parts if manifest.kind is Kind.VIDEO else ()):
                if part.object in here:
                    found.setdefault(part.object, Work(assignment.case_id, manifest, number, rank))
    return list(found.values())


def next_work(works: Iterable[Work], progress: Mapping[str, Progress], case: str | None, at: Utc | None) -> Work | None:
    """What is worth most now: the open case, nearest to where the person is, its cameras in turns; then the other
    cases from their start. None if nothing is missing."""
    best: tuple[tuple[object, ...], Work] | None = None
    for order, work in enumerate(works):
        mine = work.case == case
        far = progress.get(work.object, Progress()).nearest(work.part, at if mine else None)
        if far is None:
            continue
        key = (not mine, far[0] // _TURN if mine else work.rank, 0 if mine else work.part.started_at, order)
        if best is None or key < best[0]:
            best = (key, work)
    return best[1] if best is not None else None


def lengths(works: Sequence[Work], progress: Mapping[str, Progress]) -> tuple[Micros, Micros]:
    """How much of all footage is done, and how much there is."""
    done = sum(progress.get(w.object, Progress()).done(w.part) for w in works)
    return Micros(done), Micros(sum(w.part.duration for w in works))
