"""Before a copy leaves: what must be done, as a list that says what is left; and what was made, released, packed.

The list is a pure function of what the logs have (`points`); a copy is released by an entry (`CopyReleased`), and only
once the list is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.agency import Tables
from reviewer.domain.errors import ReviewerError
from reviewer.domain.making_acts import ORIGINAL, PACKED, STILL, CopyMade, CopyReleased, PackageMade
from reviewer.domain.redaction import Mask, Proposed, Redaction
from reviewer.domain.render import RenderPlan
from reviewer.domain.request import Request
from reviewer.domain.timebase import Utc
from reviewer.domain.wording import count
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.disclosure import BURNED_IN, HIDES, LOOKED, Requests, Said, mark, planned
from reviewer.services.undoing import Record, following

_MOST = 1_000  # entries of the making of one case that are read


class PointId(StrEnum):
    REASONS = "reasons"
    PROPOSALS = "proposals"
    UNSURE = "unsure"
    SECOND = "second"
    BURNED_IN = "burned_in"
    MADE = "made"
    TRACKS = "tracks"


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the list before release. `look`: the first moment that is to be looked at, with its mask; `step` is
    the verb of what does it ("" where nothing on this screen does)."""

    id: PointId
    words: str
    done: bool
    step: str = ""
    look: tuple[Mask, Utc] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that was made and checked. `released`: somebody said that it may be given, and when."""

    copy: CopyMade
    user: str
    at: Utc
    released: Said | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """What was made of one request, newest first."""

    copies: tuple[Made, ...] = ()
    packages: tuple[PackageMade, ...] = ()

    def copy_of(self, recording: str, plan: str) -> Made | None:
        """The newest copy of a recording that was made by exactly this plan (its digest)."""
        fits = (m for m in self.copies if m.copy.plan == plan and recording in m.copy.recordings and _is_copy(m))
        return next(fits, None)

    def files_of(self, recording: str, plan: str) -> tuple[Made, ...]:
        """All that is given of a recording: its copy by this plan (a clip of its own frames has a file for each part),
        the original that was made last with its manifest, every still."""
        copy = self.copy_of(recording, plan)
        of = [m for m in self.copies if recording in m.copy.recordings]
        original = next((m for m in of if m.copy.purpose == ORIGINAL), None)
        jobs = {m.copy.job for m in (copy, original) if m is not None}
        return tuple(m for m in of if m.copy.job in jobs or m.copy.purpose == STILL)

    def given(self, plans: Mapping[str, RenderPlan]) -> tuple[Made, ...]:
        """Every file that answers the request: those of its recordings as they are planned now, and originals and
        stills of others (a still has no plan)."""
        beside = (r for m in self.copies if not _is_copy(m) for r in m.copy.recordings)
        found = (
            self.files_of(recording, planned(plans[recording]) if recording in plans else "")
            for recording in dict.fromkeys((*plans, *beside))
        )
        return tuple({each.copy.sha256: each for files in found for each in files}.values())

    def is_made(self, recording: str, plan: str) -> bool:
        """Whether the copy by this plan is there, or the whole original, which has more."""
        return any(m.copy.purpose != STILL for m in self.files_of(recording, plan))


def _is_copy(made: Made) -> bool:
    return made.copy.purpose not in (ORIGINAL, STILL)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What people said of a request: the second person's look and the names in the picture."""

    looked: Said | None = None
    burned_in: Said | None = None


def confirmed(requests: Requests, id_: str) -> Confirmed:
    return Confirmed(requests.said(id_, LOOKED), requests.said(id_, BURNED_IN))


def making(queries: Queries, case: str, request: str) -> Making:
    """What the logs that this person reads have of a request's copies."""
    kinds = (CopyMade.KIND, CopyReleased.KIND, PackageMade.KIND)
    released: dict[str, Said] = {}
    copies: list[Made] = []
    packages: list[PackageMade] = []
    for entry in queries.entries(EntryFilter(case=case, kinds=kinds), limit=_MOST):
        match entry.event:
            case CopyReleased(of=of, sha256=sha256) if of == request:
                released.setdefault(sha256, Said(sha256, entry.meta.actor, entry.meta.at))
            case CopyMade(of=of) as made if of == request and made.purpose != PACKED:
                copies.append(Made(made, entry.meta.actor, entry.meta.at, released.get(made.sha256)))
            case PackageMade(of=of) as packed if of == request:
                packages.append(packed)
    return Making(tuple(copies), tuple(packages))


def points(
    request: Request,
    redaction: Redaction,
    plans: Mapping[str, RenderPlan],
    made: Making,
    said: Confirmed,
    names: Mapping[str, str],
) -> tuple[Point, ...]:
    """The list before release, in the order in which it is worked through. `plans` by recording, as things stand now;
    `names` of users by id."""
    everything = _everything(plans, made)
    left_out = "Map tracks of others left out" if everything.done else "Map tracks of others: rendering leaves them out"
    tracks = Point(PointId.TRACKS, left_out, everything.done)
    if request.kind not in HIDES:
        return everything, tracks
    return (
        _reasons(redaction),
        _proposals(redaction.masks),
        _unsure(redaction.masks),
        _second(request, plans, said, names),
        Point(
            PointId.BURNED_IN,
            "Burned-in names and numbers covered",
            said.burned_in is not None,
            "" if said.burned_in is not None else "Covered",
        ),
        everything,
        tracks,
    )


def _reasons(redaction: Redaction) -> Point:
    edits = [m.name for m in redaction.masks if m.counts and not m.reason]
    edits += [each.name for each in redaction.sounds if not each.reason]
    edits += [each.name for each in redaction.withheld if not each.reason]
    words = "Every mask has a reason" if not edits else f"A reason for {_listed(edits)}"
    return Point(PointId.REASONS, words, not edits)


def _proposals(masks: Iterable[Mask]) -> Point:
    left = sum(m.proposed is Proposed.OPEN for m in masks)
    words = "Every proposal is decided" if not left else f"{count(left, 'proposal')} to decide"
    return Point(PointId.PROPOSALS, words, not left, "Decide" if left else "")


def _unsure(masks: Iterable[Mask]) -> Point:
    left = [(m, at) for m in masks if m.counts for at in m.unsure]
    if not left:
        return Point(PointId.UNSURE, "Every unsure frame looked at", True)
    first = left[0][0]
    of = sum(m is first for m, _at in left)
    more = f", {len(left) - of} of others" if len(left) > of else ""
    return Point(PointId.UNSURE, f"{count(of, 'frame')} of {first.name}{more} to look at", False, "Look now", left[0])


def _second(request: Request, plans: Mapping[str, RenderPlan], said: Confirmed, names: Mapping[str, str]) -> Point:
    if not request.second:
        return Point(PointId.SECOND, "No second person is named", False, "Name")
    name = names.get(request.second, request.second)
    looked = said.looked
    if looked is None or looked.user != request.second:
        return Point(PointId.SECOND, f"Second person named: {name}, has not looked yet", False, "I have looked")
    if looked.value != mark(plans):
        return Point(PointId.SECOND, f"{name} looked before something changed", False, "I have looked")
    return Point(PointId.SECOND, f"Second person has looked: {name}", True)


def _everything(plans: Mapping[str, RenderPlan], made: Making) -> Point:
    if not plans:
        return Point(PointId.MADE, "No recording is chosen", False)
    left = sum(not made.is_made(recording, planned(plan)) for recording, plan in plans.items())
    words = "Everything rendered and checked" if not left else f"{count(left, 'copy', 'copies')} to render and check"
    return Point(PointId.MADE, words, not left, "Render" if left else "")


def open_points(found: Iterable[Point]) -> int:
    return sum(not point.done for point in found)


@dataclass(frozen=True, slots=True)
class Releaser:
    """Who says that a copy may be given, and where that is recorded."""

    user: str
    case: str
    record: Record


def release(
    who: Releaser, request: Request, found: Sequence[Point], plans: Mapping[str, RenderPlan], made: Making
) -> Future[tuple[str, ...]]:
    """Say of every copy of a request that it may be given; the Future has their SHA-256. Raises ReviewerError while
    something of the list is left, and for the second person: two look, and the other one releases."""
    left = open_points(found)
    if not any(point.id is PointId.MADE for point in found):
        raise ReviewerError("What is left before release is not known yet.", "Wait a moment, then release again.")
    if request.kind in HIDES and who.user == request.second:
        raise ReviewerError("You are the second person of this request.", "Somebody else releases what you looked at.")
    if left:
        first = next(point for point in found if not point.done)
        raise ReviewerError(f"{count(left, 'point')} of the list before release is open.", f"{first.words}.")
    copies = [each for each in made.given(plans) if request.kind not in HIDES or _is_copy(each)]
    looked = tuple(point.words for point in found)
    futures = [who.record(CopyReleased(who.case, request.id, each.copy.sha256, looked)) for each in copies]
    return following(futures[-1], lambda _last: tuple(each.copy.sha256 for each in copies))


def reasons_used(redaction: Redaction, tables: Tables) -> tuple[str, ...]:
    """The words of every reason that something of it has, each once, in the agency's order."""
    used = {each.reason for each in redaction.masks if each.counts} | {each.reason for each in redaction.sounds}
    used = (used | {each.reason for each in redaction.withheld}) - {""}
    order = [reason.id for reason in tables.hiding]
    known = sorted(used, key=lambda id_: (order.index(id_) if id_ in order else len(order), id_))
    return tuple(tables.hiding_reason(id_).words for id_ in known)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
