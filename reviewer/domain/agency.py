"""What an agency decides for itself: its words for marks, its dispositions and standards of proof, its clocks, and who
may move a case. One table, with a version, in the roster that the agency's root signs (`Roster.tables`); where there
is none, `DEFAULT`.

Dispositions and standards differ from agency to agency and are given per allegation (shared practice of US internal
affairs, LECA in Ontario, Alberta's Police Act); nothing here knows what one of them means but for what its row says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.case import CaseState
from reviewer.domain.roles import Role
from reviewer.domain.timebase import SECOND, Micros, Utc, from_datetime, to_datetime

_DAY = 86_400 * SECOND
_TWO_MINUTES = Micros(120 * SECOND)


class Shape(StrEnum):
    """How a kind of mark is drawn, so that colour never says it alone."""

    FLAG = "flag"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    SQUARE = "square"
    CIRCLE = "circle"
    CROSS = "cross"


@dataclass(frozen=True, slots=True)
class MarkKind:
    """A kind of annotation. `icon` is a name of resources/icons, `tone` one of the theme's words for colour ("text",
    "info", "warn", "stop", "ok"), `key` the letter that sets it while it plays, with Alt ("" for none)."""

    id: str
    words: str
    icon: str = "bookmark"
    tone: str = "text"
    shape: Shape = Shape.FLAG
    key: str = ""


@dataclass(frozen=True, slots=True)
class Disposition:
    """`exhibits`: a finding of it needs an exhibit, or says that nothing was found."""

    id: str
    words: str
    about: str = ""
    exhibits: bool = True


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard of proof."""

    id: str
    words: str
    about: str = ""


class ClockStart(StrEnum):
    """What a statutory clock runs from."""

    HAPPENED = "happened"  # what is complained of; it ends when the complaint is received
    RECEIVED = "received"
    OPENED = "opened"  # the complaint was first written down here
    UPDATED = "updated"  # the complainant was last told how it stands; before the first time: received
    DECIDED = "decided"
    REQUESTED = "requested"  # a request under freedom-of-information law; it ends when that is answered


@dataclass(frozen=True, slots=True)
class StatutoryClock:
    """Due `days` after `start`; `months` count as calendar months and come first. `repeats`: again and again, from the
    last time that somebody said it was done ("update to the complainant every 45 days"). It stops in the states of
    `stops`. `source` is the rule."""

    id: str
    words: str
    start: ClockStart
    days: int = 0
    months: int = 0
    repeats: bool = False
    stops: tuple[CaseState, ...] = (CaseState.CLOSED,)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of the agency that an allegation may refer to."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class HidingReason:
    """Why something is hidden in a copy, or withheld; `refuses`: also why a whole request may be refused. `source` is
    the rule."""

    id: str
    words: str
    source: str = ""
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """`roles` (on the case) may take it from one state to another. `reason`: it must be said why."""

    start: CaseState
    end: CaseState
    roles: tuple[Role, ...]
    reason: bool = False


@dataclass(frozen=True, slots=True)
class FormerMoves:
    """What the tables of this `version` allowed: a case that was moved by them stays where it is under later ones."""

    version: int
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """What of the footage must have been watched before a finding closes: every camera that rolled then, from `before`
    before the alleged stretch to `after` after it (µs), at `fastest_milli` (2000 is 2×) or slower."""

    before: Micros = _TWO_MINUTES
    after: Micros = _TWO_MINUTES
    fastest_milli: int = 2_000


_HIDING = (
    HidingReason("third_party", "Third party", "MFIPPA s. 14: unjustified invasion of personal privacy", refuses=True),
    HidingReason("personal", "Personal data", "MFIPPA s. 14 (3)"),
    HidingReason("youth", "Youth", "Youth Criminal Justice Act s. 118", refuses=True),
    HidingReason("court", "Before the courts", "MFIPPA s. 8 (1): law enforcement matter", refuses=True),
    HidingReason("labour", "Labour relations", "MFIPPA s. 52 (3)", refuses=True),
    HidingReason("safety", "Safety or health", "MFIPPA s. 13", refuses=True),
    HidingReason("training", "Not needed for training", "The agency's rule for reels"),
)


@dataclass(frozen=True, slots=True)
class Tables:
    """`version` counts up; a finding says by which it was made. `second`: a blind second review is asked of every
    case. `time_zone`: the IANA name of the zone whose times go out on cards and in packages; None: cards say UTC."""

    name: str
    version: int
    kinds: tuple[MarkKind, ...]
    dispositions: tuple[Disposition, ...]
    standards: tuple[Standard, ...]
    clocks: tuple[StatutoryClock, ...]
    policies: tuple[Policy, ...]
    moves: tuple[Move, ...]
    ways: tuple[str, ...] = ("letter", "telephone", "in person", "web form", "referred")
    papers: tuple[str, ...] = ("statement", "use-of-force report", "dispatch record", "medical record", "picture")
    gate: Gate = Gate()
    second: bool = False
    former: tuple[FormerMoves, ...] = ()
    hiding: tuple[HidingReason, ...] = _HIDING
    time_zone: str | None = None
    v: int = 1

    def kind(self, id_: str) -> MarkKind:
        """A kind of mark by its id; one that is not in the table (an older one's) has its id for its words."""
        found = next((kind for kind in self.kinds if kind.id == id_), None)
        return found if found is not None else MarkKind(id_, id_.replace("_", " ").capitalize())

    def disposition(self, id_: str) -> Disposition | None:
        return next((each for each in self.dispositions if each.id == id_), None)

    def hiding_reason(self, id_: str) -> HidingReason:
        """A reason by its id; one that is not in the table has its id for its words."""
        found = next((each for each in self.hiding if each.id == id_), None)
        return found if found is not None else HidingReason(id_, id_.replace("_", " ").capitalize())

    def standard(self, id_: str) -> Standard | None:
        return next((each for each in self.standards if each.id == id_), None)

    def move(self, start: CaseState, end: CaseState, version: int = 0) -> Move | None:
        """This way from one state to another, by the tables of that version (0: these); None if there is none."""
        former = next((each.moves for each in self.former if each.version == version), None)
        moves = self.moves if version in (0, self.version) or former is None else former
        return next((each for each in moves if (each.start, each.end) == (start, end)), None)

    def moves_from(self, state: CaseState, roles: tuple[Role, ...]) -> tuple[Move, ...]:
        """What somebody with these roles may do with a case in this state."""
        return tuple(m for m in self.moves if m.start is state and set(m.roles) & set(roles))


_KINDS = (
    MarkKind("moment", "Moment", key=""),
    MarkKind("force", "Force", "flag", "stop", Shape.DIAMOND, "F"),
    MarkKind("warning", "Warning", "alert-triangle", "warn", Shape.TRIANGLE, "J"),
    MarkKind("search", "Search", "zoom-in", "info", Shape.SQUARE, "S"),
    MarkKind("injury", "Injury", "alert-circle", "stop", Shape.CROSS, "I"),
    MarkKind("de_escalation", "De-escalation", "message-circle", "ok", Shape.CIRCLE, "D"),
    MarkKind("speech", "Speech", "wave-sine", "info", Shape.CIRCLE, "U"),
    MarkKind("aid", "Aid", "heart", "ok", Shape.SQUARE, "A"),
    MarkKind("question", "Question", "help-circle", "text", Shape.TRIANGLE, "Q"),
)
_DISPOSITIONS = (
    Disposition("sustained", "Sustained", "What was alleged happened, and it was misconduct."),
    Disposition("not_sustained", "Not sustained", "It could be neither shown nor ruled out."),
    Disposition("exonerated", "Exonerated", "It happened, and it was within policy."),
    Disposition("unfounded", "Unfounded", "It did not happen, or not so."),
    Disposition("policy_failure", "Policy failure", "The policy itself led to it."),
    Disposition("withdrawn", "Withdrawn", "The complainant took it back.", exhibits=False),
)
_STANDARDS = (
    Standard("preponderance", "Preponderance of evidence", "More likely than not."),
    Standard("clear", "Clear and convincing evidence"),
    Standard("reasonable_grounds", "Reasonable grounds"),
)
_INVESTIGATOR, _SUPERVISOR = (Role.INVESTIGATOR,), (Role.SUPERVISOR,)
_EITHER = (Role.INVESTIGATOR, Role.SUPERVISOR)
_MOVES = (
    Move(CaseState.SCREENING, CaseState.INFORMAL, _SUPERVISOR),
    Move(CaseState.SCREENING, CaseState.INVESTIGATION, _EITHER),
    Move(CaseState.SCREENING, CaseState.CLOSED, _SUPERVISOR, reason=True),
    Move(CaseState.INFORMAL, CaseState.INVESTIGATION, _EITHER, reason=True),
    Move(CaseState.INFORMAL, CaseState.CLOSED, _SUPERVISOR, reason=True),
    Move(CaseState.INVESTIGATION, CaseState.INFORMAL, _SUPERVISOR, reason=True),
    Move(CaseState.INVESTIGATION, CaseState.REVIEW, _EITHER),
    Move(CaseState.REVIEW, CaseState.INVESTIGATION, _SUPERVISOR, reason=True),
    Move(CaseState.REVIEW, CaseState.DECIDED, _SUPERVISOR),
    Move(CaseState.DECIDED, CaseState.CLOSED, _SUPERVISOR),
    Move(CaseState.DECIDED, CaseState.REOPENED, _SUPERVISOR, reason=True),
    Move(CaseState.CLOSED, CaseState.REOPENED, _SUPERVISOR, reason=True),
    Move(CaseState.REOPENED, CaseState.INVESTIGATION, _EITHER),
    Move(CaseState.REOPENED, CaseState.CLOSED, _SUPERVISOR, reason=True),
)
_OVER = (CaseState.DECIDED, CaseState.CLOSED)
_CLOCKS = (
    StatutoryClock(
        "update",
        "Update to the complainant",
        ClockStart.UPDATED,
        days=45,
        repeats=True,
        stops=_OVER,
        source="Calgary, Police Act (Alberta): every 45 days",
    ),
    StatutoryClock(
        "year", "Decision", ClockStart.RECEIVED, months=12, stops=_OVER, source="Calgary, Police Act (Alberta): 1 year"
    ),
)
_POLICIES = (
    Policy("force", "Use of force"),
    Policy("courtesy", "Words and manner"),
    Policy("aid", "Duty to render aid"),
    Policy("search", "Search and seizure"),
    Policy("camera", "Use of body-worn cameras"),
)
DEFAULT = Tables("Example table", 1, _KINDS, _DISPOSITIONS, _STANDARDS, _CLOCKS, _POLICIES, _MOVES)


def due(clock: StatutoryClock, start: Utc) -> Utc:
    """When a clock that began at `start` runs out. A month without that day ends on its last one."""
    return Utc(_plus_months(start, clock.months) + clock.days * _DAY)


def _plus_months(at: Utc, months: int) -> int:
    if not months:
        return at
    then = to_datetime(at)
    years, month = divmod(then.month - 1 + months, 12)
    for day in range(then.day, then.day - 4, -1):
        try:
            return from_datetime(then.replace(year=then.year + years, month=month + 1, day=day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
