"""What copies of a case's footage hide: masks, sounds, stretches; read as all logs together make them, and written.

Every change is entries (`MaskSet`, `MaskPathSet`, `SoundEditSet`, `WithheldSet`) through `services/case.CaseFile`, one
step of undo for each thing a person does. Whoever renders reads here, so what cannot be read hides more, never less.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from reviewer.domain.case_acts import MaskPathSet, MaskSet, SoundEditSet, ThingSet, WithheldSet
from reviewer.domain.drawing import Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Keyframe, Mask, Proposed, Redaction, SoundEdit, Withheld, path_fields
from reviewer.domain.thing import WITHDRAWN, Thing
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.services.case import CaseFile
from reviewer.services.redaction_things import (
    FIELDS,
    Stretches,
    mask_of,
    path_checked,
    places_checked,
    sound_of,
    withheld_of,
)
from reviewer.services.undoing import Act, following

Hidden: TypeAlias = Mask | SoundEdit | Withheld
_T = TypeVar("_T", Mask, SoundEdit, Withheld)
_G = TypeVar("_G")
_KINDS: Mapping[type[Hidden], type[ThingSet]] = {Mask: MaskSet, SoundEdit: SoundEditSet, Withheld: WithheldSet}
_ONE = Micros(1)  # after a frame's own time: a mask that ends here covers that frame and none after it
_BEFORE = Micros(1_000)  # no frame lies between a frame's own time and this long before it
_PER_ENTRY = 60  # stretches of a path in one entry, ten minutes: no entry grows with the recording


class Redactions:
    """One person's hand in what is hidden. `of` is the request's id, or `redaction.TRAINING`. All times are stated time
    (`WallTime.to_stated`); a frame's own time is exact. On the thread that `file` belongs to; Futures end when the
    entries are durable, or with LogUnwritable. What raises, raises ReviewerError, and nothing is recorded then."""

    def __init__(self, file: CaseFile) -> None:
        self._file = file
        self._stretches = Stretches()

    # Reading

    def masks(self, of: str, recording: str | None = None) -> tuple[Mask, ...]:
        """By number; those that are only proposed, and those that were refused, too. A mask that cannot be read hides
        the whole picture, and says so in `words`."""
        paths = {thing.id: thing for thing in self._file.things(MaskPathSet)}
        found = (
            self._mask(thing, paths.get(thing.id)) for thing in self._file.things(MaskSet) if thing.get("of") == of
        )
        return _numbered(each for each in found if recording in (None, each.recording))

    def mask(self, id_: str) -> Mask | None:
        """One of them; None if it was taken off."""
        thing = self._file.thing(MaskSet, id_)
        return self._mask(thing, self._file.thing(MaskPathSet, id_)) if thing is not None and thing.stands else None

    def sounds(self, of: str, recording: str | None = None) -> tuple[SoundEdit, ...]:
        """By number. One that cannot be read mutes all of its recording."""
        found = (sound_of(thing) for thing in self._file.things(SoundEditSet) if thing.get("of") == of)
        return _numbered(each for each in found if recording in (None, each.recording))

    def withheld(self, of: str, recording: str | None = None) -> tuple[Withheld, ...]:
        """By number. One that cannot be read withholds all of its recording."""
        found = (withheld_of(thing) for thing in self._file.things(WithheldSet) if thing.get("of") == of)
        return _numbered(each for each in found if recording in (None, each.recording))

    def redaction(self, of: str) -> Redaction:
        """Everything that a copy hides: masks that were made or taken, not those that are only proposed."""
        masks = tuple(each for each in self.masks(of) if each.counts)
        return Redaction(masks, self.sounds(of), self.withheld(of))

    # Writing

    def add(self, *things: Hidden) -> Future[tuple[str, ...]]:
        """New ones, in one step; the Future has their ids. `id` "" and `number` 0 are given here. Raises for a mask
        without a place, a path outside the picture, or a range that ends before it starts."""
        numbers: dict[tuple[type, str], int] = {}
        ids, acts = [], []
        for thing in things:
            kind = type(thing)
            number = thing.number or numbers.get((kind, thing.of)) or self._next(kind, thing.of)
            numbers[kind, thing.of] = number + 1
            id_ = thing.id or uuid.uuid4().hex
            ids.append(id_)
            acts += self._adding(replace(thing, id=id_, number=number))
        return self._together(acts, tuple(ids))

    def change(self, before: _T, after: _T) -> Future[_T]:
        """Another reason, style, target, words, way, start or end (to trim): `before` is as it was shown, `after` made
        of it by `dataclasses.replace`. A mask's path is changed by `move`, `lay`, `hide`. The Future has it as it
        is."""
        _fits(after)
        acts = self._changing(before, after)
        return self._together(acts, after)

    def withdraw(self, *things: Hidden) -> Future[tuple[str, ...]]:
        """Take them off, in one step. They stay in the log."""
        found = (self._file.changing(_KINDS[type(thing)], thing.id, {WITHDRAWN: "yes"}) for thing in things)
        return self._together([act for act in found if act is not None], tuple(thing.id for thing in things))

    def move(self, mask: Mask, at: Utc, points: Sequence[Spot]) -> Future[Mask]:
        """A person puts it here on the frame of this time: a keyframe, sure. Before its start or after its end it
        begins there, or ends with this very frame."""
        return self._pathed(mask, placed(mask, at, points))

    def lay(self, mask: Mask, frames: Sequence[Keyframe], over: TimeRange) -> Future[Mask]:
        """Its path within `over` from now on, as following gave it; what it has outside stays. Where that leads beyond
        its start or end, they go along: [over.start, over.end) is covered."""
        kept = (each for each in mask.frames if each.at not in over)
        laid = tuple(sorted((*kept, *frames), key=lambda each: each.at))
        start, end = min(mask.start, over.start), max(mask.end, over.end)
        return self._pathed(mask, replace(mask, frames=laid, start=start, end=end))

    def hide(self, mask: Mask, over: TimeRange) -> Future[Mask]:
        """Within `over` it has no region: who it hides is not in the picture. From its end on it stands where it would
        have stood; up to the mask's own end, it is gone for good ("hide from here")."""
        return self._pathed(mask, away(mask, over))

    def drop(self, mask: Mask, at: Utc) -> Future[Mask]:
        """Take a keyframe off its path. Raises for the only one."""
        left = tuple(each for each in mask.frames if each.at != at)
        if not left:
            raise ReviewerError("A mask needs one place at least.", "Move it, or take the mask off.")
        return self._pathed(mask, replace(mask, frames=left))

    def looked(self, mask: Mask, ats: Iterable[Utc]) -> Future[Mask]:
        """A person looked at these frames of it, which following was not sure of, and found the mask right."""
        return self.change(mask, replace(mask, looked=tuple(sorted({*mask.looked, *ats}))))

    def decide(self, masks: Iterable[Mask], *, taken: bool) -> Future[tuple[str, ...]]:
        """On what a detector proposed, in one step: a person takes it, or refuses it."""
        verdict = Proposed.TAKEN if taken else Proposed.REFUSED
        some = tuple(masks)
        acts = [act for each in some for act in self._changing(each, replace(each, proposed=verdict))]
        return self._together(acts, tuple(each.id for each in some))

    def copy(self, things: Iterable[Hidden], of: str) -> Future[tuple[str, ...]]:
        """The same for another request, with numbers and lives of their own."""
        return self.add(*(replace(each, id="", number=0, of=of) for each in things))

    # How

    def _mask(self, thing: Thing, path: Thing | None) -> Mask:
        return mask_of(thing, path, self._stretches)

    def _next(self, kind: type[Hidden], of: str) -> int:
        """The number after the highest that was ever given: a number that stands in an index is not given again."""
        every = (*self._file.things(_KINDS[kind]), *self._file.things(_KINDS[kind], withdrawn=True))
        return 1 + max((each.whole("number") or 0 for each in every if each.get("of") == of), default=0)

    def _adding(self, thing: Hidden) -> list[Act]:
        _fits(thing)
        fields = FIELDS[type(thing)](thing)
        _id, act = self._file.adding(_KINDS[type(thing)], fields, thing.id)
        if not isinstance(thing, Mask):
            return [act]
        path = path_checked(path_fields(thing.frames))
        # the path first: no mask stands without its places
        return [self._file.adding(MaskPathSet, some, thing.id)[1] for some in _portions(path)] + [act]

    def _changing(self, before: _T, after: _T) -> list[Act]:
        old, new = FIELDS[type(before)](before), FIELDS[type(before)](after)
        fields = {name: value for name, value in new.items() if value != old[name]}
        act = self._file.changing(_KINDS[type(before)], before.id, fields) if fields else None
        return [] if act is None else [act]

    def _pathed(self, before: Mask, after: Mask) -> Future[Mask]:
        places_checked(after)
        old, new = path_fields(before.frames), path_checked(path_fields(after.frames))
        changed = {name: new.get(name, "") for name in {**old, **new} if new.get(name, "") != old.get(name, "")}
        found = (self._file.changing(MaskPathSet, before.id, some) for some in _portions(changed))
        acts = [act for act in found if act is not None]
        return self._together(acts + self._changing(before, after), after)

    def _together(self, acts: Sequence[Act], given: _G) -> Future[_G]:
        if acts:
            return following(self._file.together(acts), lambda _recorded: given)
        done: Future[_G] = Future()
        done.set_result(given)
        return done


@dataclass(frozen=True, slots=True)
class Copying:
    """What goes to another request; how much is left out because the same is `there`, or its recording `elsewhere`."""

    things: tuple[Hidden, ...]
    there: int = 0
    elsewhere: int = 0


def copying(things: Iterable[Hidden], there: Redaction, recordings: Collection[str]) -> Copying:
    """What of these is copied to a request that hides `there` already, and has these `recordings`. Two are the same
    where they hide the same in the same way, whatever their reasons."""
    known = {_alike(each) for each in all_of(there)}
    some = tuple(things)
    meant = [each for each in some if each.recording in recordings]
    new = tuple(each for each in meant if _alike(each) not in known)
    return Copying(new, len(meant) - len(new), len(some) - len(meant))


def all_of(redaction: Redaction) -> tuple[Hidden, ...]:
    """Everything that it hides, masks first."""
    return (*redaction.masks, *redaction.sounds, *redaction.withheld)


def _alike(thing: Hidden) -> Hidden:
    bare = replace(thing, id="", of="", number=0, reason="", words="")
    return replace(bare, proposed=Proposed.NO, looked=()) if isinstance(bare, Mask) else bare


def placed(mask: Mask, at: Utc, points: Sequence[Spot]) -> Mask:
    """The mask with a keyframe of a person's here. A polygon with another number of corners than its neighbours stands
    still between them (`Mask.region`)."""
    frame = Keyframe(at, tuple(points))
    frames = tuple(sorted((*(each for each in mask.frames if each.at != at), frame), key=lambda each: each.at))
    return replace(mask, frames=frames, start=min(mask.start, at), end=max(mask.end, Utc(at + _ONE)))


def away(mask: Mask, over: TimeRange) -> Mask:
    """The mask without a region within `over`."""
    last = Utc(over.start - _BEFORE)
    before, back = mask.region(last), mask.region(over.end)
    there = mask.region(over.start) or back or before
    points = there.points if there is not None else mask.frames[0].points
    kept = [each for each in mask.frames if not last <= each.at <= over.end]
    kept.append(Keyframe(over.start, points, hidden=True))
    if before is not None:  # towards a hidden keyframe nothing moves: it moves up to here
        kept.append(Keyframe(last, before.points))
    if back is not None and over.end < mask.end:
        same = next((each.sure for each in mask.frames if each.at == over.end), 1000)
        kept.append(Keyframe(over.end, back.points, sure=same))
    return replace(mask, frames=tuple(sorted(kept, key=lambda each: each.at)))


def _fits(thing: Hidden) -> None:
    if thing.end <= thing.start:
        raise ReviewerError("It would end before it starts.", "Set the end after the start.")
    if isinstance(thing, Mask):
        places_checked(thing)


def _portions(fields: Mapping[str, str]) -> list[dict[str, str]]:
    named = sorted(fields.items(), key=lambda each: int(each[0][1:]))
    return [dict(named[n : n + _PER_ENTRY]) for n in range(0, len(named), _PER_ENTRY)]


def _numbered(found: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(sorted(found, key=lambda each: each.number))
