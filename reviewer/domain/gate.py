"""The gate before a finding: of the footage that an allegation is about, what was really watched, by whom, how fast.

The rule is the agency's (`agency.Gate`): every camera that rolled then, from a while before what is alleged to a while
after it, at a certain speed or slower. What is not watched keeps the gate shut, and a finding may close it only with a
written reason.

That something was seen in slow motion alone is said and never forbidden: slowed down, acts look more deliberate than
they were (Caruso, Burns and Converse, Slow motion increases perceived intent, PNAS 113 (33), 2016).

Stretches are in stated time (µs of UTC as it was signed), as everything that is recorded; the window is wall time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain import agency
from reviewer.domain.coverage import NORMAL, Stretches, joined, length, length_words, parted
from reviewer.domain.timebase import Micros, TimeRange, Utc

CRUMB = Micros(250_000)
"""A hole shorter than this beside what was watched counts as watched: files say that they end a few frames later than
they do, and a picture stands until the next one."""
_SECOND = _SLOW_MATTERS = Micros(1_000_000)


class Pace(StrEnum):
    """How fast something was watched. SLOW is slower than 1×, standing still included; FAST faster, within the rule;
    TOO_FAST counts for nothing."""

    REAL = "at 1×"
    SLOW = "slower than 1×"
    FAST = "faster than 1×"
    TOO_FAST = "too fast to count"


class Basis(StrEnum):
    """Which time is relevant."""

    ALLEGED = "alleged"  # when the allegation says that it happened
    INCIDENT = "incident"  # it does not say; when the incident happened
    ALL = "all"  # nobody said either: all footage of the case


Paced = Mapping[Pace, Stretches]
View = tuple[str, str, int, list[tuple[int, int]]]
"""(user, recording, rate_milli, stretches) of what was seen well, as `Queries.paced` gives it."""


def pace_of(rate_milli: int, fastest_milli: int) -> Pace:
    """Of a view that went forwards or stood still."""
    if rate_milli > fastest_milli:
        return Pace.TOO_FAST
    if rate_milli == NORMAL:
        return Pace.REAL
    return Pace.SLOW if rate_milli < NORMAL else Pace.FAST


@dataclass(frozen=True, slots=True)
class CameraGate:
    """One camera that rolled then. `required` is what must be watched of it, `watched` what anybody watched of that;
    `paces` says how, and `people` who (by user id); the same second may have been watched at several paces. `heard` is
    what of it was watched with its sound, or was recorded without."""

    recording: str
    required: Stretches
    watched: Stretches
    paces: Paced
    people: Mapping[str, Paced]
    heard: Stretches = ()

    @property
    def left(self) -> Stretches:
        """What is still to be watched."""
        return _left(self.required, self.watched)

    @property
    def slow_only(self) -> Stretches:
        """What was seen in slow motion and never at 1× or faster."""
        other = joined((*self.paces.get(Pace.REAL, ()), *self.paces.get(Pace.FAST, ())))
        return tuple(each for each in parted(self.paces.get(Pace.SLOW, ()), other)[1] if each[1] - each[0] >= CRUMB)

    @property
    def unheard(self) -> Micros:
        """How much was watched without its sound alone: whatever is in words there, nobody heard."""
        silent = parted(self.watched, self.heard)[1]
        return length(each for each in silent if each[1] - each[0] >= CRUMB)

    def of(self, user: str) -> Stretches:
        """What this person watched of it, as the rule asks."""
        return _counted(self.people.get(user, {}))


@dataclass(frozen=True, slots=True)
class AllegationGate:
    """Of one allegation (its id and name, "A1"). `window` has the rule's minutes around it, None for all time.
    `absent`: cameras of the case that did not roll then; `withheld`: those that did, and are not assigned to it.
    `followed`: other people's views are counted too, as far as their logs are here."""

    allegation: str
    name: str
    rule: agency.Gate
    basis: Basis
    window: TimeRange | None
    cameras: tuple[CameraGate, ...]
    absent: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    followed: bool = True

    @property
    def required(self) -> Micros:
        return Micros(sum(length(each.required) for each in self.cameras))

    @property
    def left(self) -> Micros:
        """How much is still to be watched, all cameras together."""
        return Micros(sum(length(each.left) for each in self.cameras))

    @property
    def watched(self) -> Micros:
        """How much was watched as the rule asks, by anybody."""
        return Micros(self.required - self.left)

    @property
    def met(self) -> bool:
        """Whether a finding may be signed without saying why not everything was watched."""
        return not self.left

    @property
    def slow_only(self) -> Micros:
        """How much was seen in slow motion alone; 0 where it is too little to matter."""
        found = sum(length(each.slow_only) for each in self.cameras)
        return Micros(found if found >= _SLOW_MATTERS else 0)

    @property
    def people(self) -> tuple[str, ...]:
        """Who watched any of it as the rule asks (user ids), most first."""
        each = {user: self.by(user) for camera in self.cameras for user in camera.people}
        return tuple(sorted((u for u in each if each[u]), key=lambda user: (-each[user], user)))

    def by(self, user: str) -> Micros:
        """How much this person watched, as the rule asks."""
        return Micros(sum(length(each.of(user)) for each in self.cameras))

    def at(self, pace: Pace, user: str | None = None) -> Micros:
        """How much was watched at this pace, by anybody or by one person."""
        paces = (each.paces if user is None else each.people.get(user, {}) for each in self.cameras)
        return Micros(sum(length(found.get(pace, ())) for found in paces))

    def camera(self, recording: str) -> CameraGate | None:
        return next((each for each in self.cameras if each.recording == recording), None)


@dataclass(frozen=True, slots=True)
class CaseGate:
    """Of every allegation of a case, in their order."""

    allegations: tuple[AllegationGate, ...]

    def of(self, allegation: str) -> AllegationGate | None:
        """By the allegation's id."""
        return next((each for each in self.allegations if each.allegation == allegation), None)

    @property
    def shut(self) -> tuple[AllegationGate, ...]:
        return tuple(each for each in self.allegations if not each.met)

    @property
    def left(self) -> Micros:
        """How much is still to be watched; what several allegations ask for is counted once."""
        return Micros(sum(length(each.left) for each in self.cameras))

    @property
    def cameras(self) -> tuple[CameraGate, ...]:
        """What any allegation requires of each camera, and what of that was watched."""
        found: dict[str, list[CameraGate]] = {}
        for each in self.allegations:
            for camera in each.cameras:
                found.setdefault(camera.recording, []).append(camera)
        return tuple(_together(same) for same in found.values())


@dataclass(frozen=True, slots=True)
class PersonStands:
    """How much of what is required somebody watched (µs): together, and at each pace."""

    user: str
    watched: Micros
    real: Micros
    slow: Micros
    fast: Micros


@dataclass(frozen=True, slots=True)
class CameraStands:
    """How much of one camera was required and watched (µs), and what was not, in stated time."""

    recording: str
    required: Micros
    watched: Micros
    left: tuple[TimeRange, ...] = ()


@dataclass(frozen=True, slots=True)
class GateStands:
    """A gate as it stood when somebody signed: for the entry. All lengths in µs."""

    required: Micros
    watched: Micros
    left: Micros
    slow_only: Micros
    fastest_milli: int
    basis: Basis
    followed: bool
    window: TimeRange | None = None
    cameras: tuple[CameraStands, ...] = ()
    people: tuple[PersonStands, ...] = ()
    withheld: tuple[str, ...] = ()


def by_person(views: Iterable[View], fastest_milli: int) -> dict[str, dict[Pace, Stretches]]:
    """Views of one camera, put together by who and how fast."""
    found: dict[str, dict[Pace, list[tuple[int, int]]]] = {}
    for user, _recording, rate, stretches in views:
        found.setdefault(user, {}).setdefault(pace_of(rate, fastest_milli), []).extend(stretches)
    return {user: {pace: joined(each) for pace, each in paces.items()} for user, paces in found.items()}


def camera_gate(
    recording: str, required: Stretches, views: Iterable[View], fastest_milli: int, heard: Iterable[View] = ()
) -> CameraGate:
    """From what must be watched of one camera (`joined`), every view of it, and those that were heard too."""
    return counted(recording, required, by_person(views, fastest_milli), by_person(heard, fastest_milli))


def counted(recording: str, required: Stretches, views: Mapping[str, Paced], heard: Mapping[str, Paced]) -> CameraGate:
    """The same from views that were put together before (`by_person`), as several allegations ask for them."""
    inside = {user: _inside(required, paces) for user, paces in views.items()}
    people = {user: paces for user, paces in inside.items() if paces}
    paced = _paces(people.values())
    sound = _paces(_inside(required, paces) for paces in heard.values())
    return CameraGate(recording, required, _counted(paced), paced, people, _counted(sound))


def _together(same: Sequence[CameraGate]) -> CameraGate:
    """One camera, as several allegations require it."""
    if len(same) == 1:
        return same[0]
    users = {user for each in same for user in each.people}
    people = {user: _paces([each.people.get(user, {}) for each in same]) for user in users}
    required = joined(stretch for each in same for stretch in each.required)
    watched = joined(stretch for each in same for stretch in each.watched)
    heard = joined(stretch for each in same for stretch in each.heard)
    return CameraGate(same[0].recording, required, watched, _paces([each.paces for each in same]), people, heard)


def _paces(same: Iterable[Paced]) -> dict[Pace, Stretches]:
    found: dict[Pace, list[tuple[int, int]]] = {}
    for paced in same:
        for pace, stretches in paced.items():
            found.setdefault(pace, []).extend(stretches)
    return {pace: joined(stretches) for pace, stretches in found.items()}


def _inside(required: Stretches, paces: Paced) -> dict[Pace, Stretches]:
    if not required:
        return {}
    start, end = required[0][0], required[-1][1]
    found = {}
    for pace, stretches in paces.items():
        first = max(0, bisect_left(stretches, (start, start)) - 1)  # the one before may reach in
        near = stretches[first : bisect_left(stretches, (end, end))]
        found[pace] = joined(parted(required, near)[0])
    return {pace: stretches for pace, stretches in found.items() if stretches}


def _counted(paces: Paced) -> Stretches:
    return joined(each for pace, found in paces.items() if pace is not Pace.TOO_FAST for each in found)


def _left(required: Stretches, watched: Stretches) -> Stretches:
    whole = set(required)  # a stretch of which nothing was watched is never a crumb
    return tuple(each for each in parted(required, watched)[1] if each[1] - each[0] >= CRUMB or each in whole)


# In words. What was done is rounded down, what was not is rounded up (as `coverage` does).


def clock_words(micros: int, *, up: bool = True) -> str:
    """ "4:12" minutes and seconds, "1:02:05" with hours: short enough for a cell. A rest counts as a second."""
    seconds = -(-micros // 1_000_000) if up else micros // 1_000_000
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def speed_words(rate_milli: int) -> str:
    """ "2×"."""
    return f"{rate_milli / 1000:g}×"


def sentence(gate: AllegationGate) -> str:
    """Why it is shut, or that it is not: "4:12 of the required 16:00 was not watched at 2× or slower." """
    speed = speed_words(gate.rule.fastest_milli)
    if not gate.cameras:
        return "No camera of the case rolled at that time."
    whole = clock_words(gate.required)
    if gate.met:
        return f"All of the required {whole} was watched at {speed} or slower."
    return f"{clock_words(gate.left)} of the required {whole} was not watched at {speed} or slower."


def rule_words(rule: agency.Gate) -> str:
    """ "every camera present, alleged moment ± 2 min, at 2× or slower"."""
    before, after = length_words(rule.before), length_words(rule.after)
    around = f"± {before}" if rule.before == rule.after else f"from {before} before to {after} after"
    return f"every camera present, alleged moment {around}, at {speed_words(rule.fastest_milli)} or slower"


def slow_words(gate: AllegationGate) -> str:
    """The suggestion of a pass at 1×; "" where there is nothing to suggest."""
    if not gate.slow_only:
        return ""
    seen = length_words(gate.slow_only, up=True)
    return f"{seen} was seen in slow motion only. Watch it once at 1×: slowed down, acts look more deliberate."


def stands(gate: AllegationGate) -> GateStands:
    """As it stands now, for the entry of a finding."""
    cameras = tuple(
        CameraStands(
            each.recording,
            length(each.required),
            Micros(length(each.required) - length(each.left)),
            tuple(TimeRange(Utc(a), Utc(b)) for a, b in each.left),
        )
        for each in gate.cameras
    )
    people = tuple(
        PersonStands(user, gate.by(user), *(gate.at(pace, user) for pace in (Pace.REAL, Pace.SLOW, Pace.FAST)))
        for user in gate.people
    )
    return GateStands(
        *(gate.required, gate.watched, gate.left, gate.slow_only, gate.rule.fastest_milli, gate.basis, gate.followed),
        *(gate.window, cameras, people, gate.withheld),
    )


def shut_words(case: CaseGate) -> str:
    """ "A2 and A3 findings closed: 6:02 of required footage not watched"; "" where none is."""
    names = [each.name for each in case.shut]
    if not names:
        return ""
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    closed = "finding closed" if len(names) == 1 else "findings closed"
    return f"{who} {closed}: {clock_words(case.left)} of required footage not watched"


def people_words(cameras: Sequence[CameraGate], name_of: Callable[[str], str]) -> str:
    """ "K. Salo 14:02 (12:10 at 1×, 1:52 faster than 1×) · M. Vuori 4:00 (…)", most first; "" where nobody watched."""
    said: list[tuple[int, str]] = []
    for user in {user for each in cameras for user in each.people}:
        whole = sum(length(each.of(user)) for each in cameras)
        paces = [(pace, sum(length(each.people.get(user, {}).get(pace, ())) for each in cameras)) for pace in Pace]
        how = ", ".join(f"{clock_words(time, up=False)} {pace}" for pace, time in paces if time >= _SECOND)
        said.append((-whole, f"{name_of(user)} {clock_words(whole, up=False)}{f' ({how})' if how else ''}"))
    return " · ".join(words for _, words in sorted(said))


def notes(case: CaseGate, number_of: Callable[[str], str]) -> tuple[str, ...]:
    """What a reader must know beside the figures. `number_of` names a camera by its recording ("camera 5")."""
    said = []
    for basis, words in ((Basis.INCIDENT, "the incident’s counts"), (Basis.ALL, "all footage of the case counts")):
        names = [each.name for each in case.allegations if each.basis is basis]
        if names:
            said.append(f"{', '.join(names)}: no time is alleged, so {words}.")
    held = sorted({number_of(key) for each in case.allegations for key in each.withheld})
    if held:
        rolled = f"{', '.join(held)} rolled then too and {'is' if len(held) == 1 else 'are'} not assigned to this case."
        said.append(rolled[0].upper() + rolled[1:])
    if any(not each.followed for each in case.allegations):
        said.append("Counted from this machine’s log alone; other people’s logs are not here.")
    unheard = sum(each.unheard for each in case.cameras)
    if unheard >= _SECOND:
        said.append(f"{clock_words(unheard)} watched without sound: nobody heard what is said there.")
    slow = sum(length(each.slow_only) for each in case.cameras)
    if slow >= _SLOW_MATTERS:
        seen = length_words(slow, up=True)
        said.append(f"{seen} seen in slow motion only: a pass at 1× is suggested, as slowed acts look more deliberate.")
    return tuple(said)
