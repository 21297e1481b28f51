"""A complaint and its case, in the words of the trade, read from the things that the work logs make (`domain/thing`).

Nothing here refuses: what a newer program wrote and this one does not know is shown as far as it is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.thing import Thing
from reviewer.domain.timebase import TimeRange, Utc


class CaseState(StrEnum):
    """Where a case stands. Who may move it is the agency's table (`domain/agency`)."""

    SCREENING = "screening"
    INFORMAL = "informal resolution"
    INVESTIGATION = "investigation"
    REVIEW = "review"
    DECIDED = "decided"
    CLOSED = "closed"
    REOPENED = "reopened"


class PersonRole(StrEnum):
    COMPLAINANT = "complainant"
    WITNESS = "witness"
    SUBJECT = "subject officer"
    WITNESS_OFFICER = "witness officer"

    @property
    def is_officer(self) -> bool:
        return self in (PersonRole.SUBJECT, PersonRole.WITNESS_OFFICER)


class Stance(StrEnum):
    """What an exhibit says about an allegation. Silent: it was looked at, and nothing found (STYLE.md, Words)."""

    FOR = "for"
    AGAINST = "against"
    UNDECIDED = "undecided"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Complaint:
    """`number` is the agency's own, `way` how it came ("letter"), `incident` the number that footage carries too;
    `place` in words. `received` is what statutory clocks run from; `updated` is when the complainant was last told how
    it stands; `paused` why no clock runs ("before the courts"), "" while they do; `requested` and `answered` are of a
    request under freedom-of-information law."""

    number: str = ""
    received: Utc | None = None
    way: str = ""
    incident: str = ""
    place: str = ""
    happened: TimeRange | None = None
    summary: str = ""
    updated: Utc | None = None
    paused: str = ""
    requested: Utc | None = None
    answered: Utc | None = None

    @staticmethod
    def of(thing: Thing | None) -> Complaint:
        """As it is written; empty where nobody wrote anything."""
        if thing is None:
            return Complaint()
        get = thing.get
        happened = _range(thing)
        return Complaint(
            *(get("number"), thing.when("received"), get("way"), get("incident"), get("place"), happened),
            *(get("summary"), thing.when("updated"), get("paused")),
            *(thing.when("requested"), thing.when("answered")),
        )


@dataclass(frozen=True, slots=True)
class CasePerson:
    """`user` is the roster's id of an officer who is in it, "" for everybody else; `role` None for an unknown one."""

    id: str
    name: str
    role: PersonRole | None
    badge: str = ""
    user: str = ""
    contact: str = ""
    note: str = ""

    @staticmethod
    def of(thing: Thing) -> CasePerson:
        get = thing.get
        role = _role(get("role"))
        return CasePerson(thing.id, get("name"), role, get("badge"), get("user"), get("contact"), get("note"))


@dataclass(frozen=True, slots=True)
class Allegation:
    """`number` is 1 for A1; `policy` a reference of the agency's table or in words; `officer` a `CasePerson.id`;
    `window` when it is said to have happened (wall time, UTC), None if nobody said; `place` in words."""

    id: str
    number: int
    title: str
    text: str = ""
    policy: str = ""
    officer: str = ""
    window: TimeRange | None = None
    place: str = ""
    letter: str = ""  # "b" where somebody else had given this number before, and neither knew

    @staticmethod
    def of(thing: Thing) -> Allegation:
        get, window = thing.get, _range(thing)
        number = thing.whole("number") or 0
        return Allegation(
            thing.id, number, get("title"), get("text"), get("policy"), get("officer"), window, get("place")
        )

    @property
    def name(self) -> str:
        """As it is spoken of: "A1"."""
        return f"A{self.number}{self.letter}"


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """`kind` is "pdf", "image", "text" or "file"; `object` the sealed object's name in the store, `sha256` and `size`
    (bytes) of what was attached; `key` the data key sealed under the case key (base64, as in an assignment); `pages` 0
    where it has none."""

    id: str
    name: str
    kind: str
    object: str
    sha256: str
    size: int
    key: str
    pages: int = 0
    what: str = ""  # the kind of paper: "use-of-force report", "statement"
    note: str = ""

    @staticmethod
    def of(thing: Thing) -> CaseDocument:
        get = thing.get
        size, pages = thing.whole("size") or 0, thing.whole("pages") or 0
        where = get("object"), get("sha256"), size, get("key"), pages
        return CaseDocument(thing.id, get("name"), get("kind"), *where, get("what"), get("note"))


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Of `allegation` (its id): a `mark` (a bookmark's id), else a stretch of a `recording` (`at`, wall time), else a
    place in a `document` ("p. 2", "line 14" in `where`). `number` is 3 for E3."""

    id: str
    number: int
    allegation: str
    stance: Stance
    mark: str = ""
    recording: str = ""
    at: TimeRange | None = None
    document: str = ""
    where: str = ""
    text: str = ""
    letter: str = ""  # as `Allegation.letter`

    @staticmethod
    def of(thing: Thing) -> Exhibit:
        get = thing.get
        stance = Stance(get("stance")) if get("stance") in tuple(Stance) else Stance.UNDECIDED
        source = get("mark"), get("recording"), _range(thing), get("document"), get("where")
        return Exhibit(thing.id, thing.whole("number") or 0, get("allegation"), stance, *source, get("text"))

    @property
    def name(self) -> str:
        """As a finding cites it: "E3"."""
        return f"E{self.number}{self.letter}"


def _range(thing: Thing) -> TimeRange | None:
    """Of the fields `start` and `end`; an end that is missing or earlier is the start."""
    start, end = thing.when("start"), thing.when("end")
    if start is None:
        return None
    return TimeRange(start, end if end is not None and end >= start else start)


def _role(value: str) -> PersonRole | None:
    return PersonRole(value) if value in tuple(PersonRole) else None
