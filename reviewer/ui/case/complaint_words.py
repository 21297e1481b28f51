"""What the complaint's page says: cells of its tables, its times, where the case stands and what is due. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reviewer.domain.agency import Move, Tables
from reviewer.domain.case import Allegation, CasePerson, CaseState, Complaint, PersonRole
from reviewer.domain.case_state import Standing
from reviewer.domain.errors import ReviewerError
from reviewer.domain.statutory import Due
from reviewer.domain.timebase import TimeRange, Utc, format_rfc3339
from reviewer.ui.custodian_words import moment
from reviewer.ui.queue_words import days, urgency
from reviewer.ui.table import Cell, Column, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone

ALLEGATIONS = (Column("", 52), Column("Allegation", 220, 4), Column("Officer", 150, 1), Column("When", 150, 1))
PEOPLE = (Column("Who", 150), Column("Name", 180, 2), Column("Badge", 80, spare=True), Column("Contact", 160, 2))
TIMES = frozenset({"received", "start", "end", "updated", "requested", "answered"})
"""Fields that hold a time: RFC 3339 in the entry, local time on the screen."""


_NEVER = Utc(0)


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who can be named: of the roster (`user` is the id there), or of a camera on the case."""

    name: str
    badge: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class CaseShown:
    """Everything that the page shows, read at one time. `why_read_only` is "" for whoever may write; `ways` are where
    this person may move the case, `who_may` says who may where they may not."""

    complaint: Complaint = field(default_factory=Complaint)
    people: tuple[CasePerson, ...] = ()
    allegations: tuple[Allegation, ...] = ()
    standing: Standing = field(default_factory=lambda: Standing(CaseState.SCREENING))
    dues: tuple[Due, ...] = ()
    ways: tuple[Move, ...] = ()
    who_may: str = ""
    why_read_only: str = ""
    tables: Tables | None = None
    officers: tuple[Officer, ...] = ()
    now: Utc = _NEVER

    def person(self, id_: str) -> CasePerson | None:
        return next((each for each in self.people if each.id == id_), None)

    def policy(self, of: str) -> str:
        """A policy in words: the table's, or what was typed."""
        known = self.tables.policies if self.tables is not None else ()
        return next((each.words for each in known if each.id == of), of)


def capital(words: str) -> str:
    """ "Subject officer"."""
    return words[:1].upper() + words[1:]


def shown_time(at: Utc | None, zone: Zone) -> str:
    """As it stands in a field and is typed: "13 Jun 2026 22:41:45", without seconds where they are none."""
    if at is None:
        return ""
    clock = zone.clock(at)
    return f"{zone.date(at)} {clock.removesuffix(':00')}"


def typed_time(text: str, zone: Zone) -> str:
    """What was typed, as the entry has it; "" for nothing. Raises NotUnderstood."""
    at = moment(text, zone)
    return format_rfc3339(at) if at is not None else ""


def complaint_fields(shown: Complaint, zone: Zone) -> dict[str, str]:
    """What stands in each field of the form."""
    happened = shown.happened
    return {
        **{"number": shown.number, "received": shown_time(shown.received, zone), "way": shown.way},
        **{"incident": shown.incident, "place": shown.place, "summary": shown.summary, "paused": shown.paused},
        **_window(happened, zone),
        "requested": shown_time(shown.requested, zone),
        "answered": shown_time(shown.answered, zone),
    }


def person_fields(shown: CasePerson | None) -> dict[str, str]:
    """What stands in each field of a person's form; nothing for a new one."""
    if shown is None:
        return {}
    role = shown.role.value if shown.role is not None else ""
    return {"role": role, "name": shown.name, "badge": shown.badge, "contact": shown.contact, "note": shown.note}


def allegation_fields(shown: Allegation | None, of: CaseShown, zone: Zone) -> dict[str, str]:
    """What stands in each field of an allegation's form; nothing for a new one."""
    if shown is None:
        return {}
    return {
        **{"title": shown.title, "policy": of.policy(shown.policy), "officer": shown.officer},
        **{"place": shown.place, "text": shown.text, **_window(shown.window, zone)},
    }


def _window(window: TimeRange | None, zone: Zone) -> dict[str, str]:
    if window is None:
        return {"start": "", "end": ""}
    end = shown_time(window.end, zone) if window.duration else ""
    return {"start": shown_time(window.start, zone), "end": end}


def allegation_cells(of: Callable[[], CaseShown], zone: Callable[[], Zone]) -> Callable[[Allegation], Sequence[Cell]]:
    """How the rows of the allegations' table are made."""

    def cells(each: Allegation) -> Sequence[Cell]:
        shown = of()
        officer = shown.person(each.officer)
        policy = shown.policy(each.policy)
        below = " · ".join(words for words in (policy, " ".join(each.text.split())) if words)
        return (
            Words(each.name, strong=True),
            Words(each.title or "No title yet", below, strong=True),
            Words(officer.name, officer.badge) if officer is not None else Words("not named", tone="text3"),
            _when(each.window, zone()),
        )

    return cells


def _when(window: TimeRange | None, zone: Zone) -> Words:
    if window is None:
        return Words("not stated", tone="text3")
    first = zone.clock(window.start)
    clocks = f"{first} – {zone.clock(window.end)}" if window.duration else first
    return Words(clocks, zone.date(window.start))


def person_cells(each: CasePerson) -> Sequence[Cell]:
    """A row of the people's table."""
    said = each.contact or each.note
    return (
        Words(capital(each.role.value) if each.role is not None else "Unknown role", tone="text2"),
        Words(each.name or "No name yet", strong=True),
        Words(each.badge),
        Words(" ".join(said.split()), tone="text2"),
    )


# -- where it stands -------------------------------------------------------------------------------------------------


def state_tone(state: CaseState) -> Tone:
    return Tone.OK if state in (CaseState.DECIDED, CaseState.CLOSED) else Tone.INFO


def since(standing: Standing, zone: Zone, named: Callable[[str], str]) -> str:
    """ "Since 20 Jun 2026, moved by K. Salo"."""
    last = standing.last
    if last is None:
        return "Nobody has moved it yet."
    why = f": “{last.move.reason}”" if last.move.reason else ""
    return f"Since {zone.date(last.at)}, moved by {named(last.user)}{why}"


def conflict(standing: Standing, zone: Zone, named: Callable[[str], str]) -> str:
    """What somebody did without knowing of what counts; "" for nothing."""
    step = standing.conflict
    if step is None:
        return ""
    when = f"{zone.date(step.at)} {zone.clock(step.at)[:5]}"
    did = f"{named(step.user)} moved it to {step.move.to} on {when} without knowing that it had been moved."
    return f"{did} That does not count; it stands in the history."


def left(due: Due, now: Utc) -> str:
    """ "9 days", "today", "3 days over"."""
    return days(due.at, now)


def tone_of(due: Due, now: Utc) -> Tone:
    """Red when it has run out, or runs out within two days; amber within `SOON_DAYS` and a few."""
    return urgency(due.at, now)


def ended(due: Due, zone: Zone) -> str:
    """How a clock that does not run any more ended."""
    if due.ended is None:
        return ""
    how = "too late" if due.late else "in time"
    return f"ended {zone.date(due.ended)}, {how}"


def understood(fields: dict[str, str], zone: Zone) -> tuple[dict[str, str], dict[str, ReviewerError]]:
    """Typed fields as an entry has them, and what was not understood, by field."""
    good: dict[str, str] = {}
    bad: dict[str, ReviewerError] = {}
    for name, text in fields.items():
        try:
            good[name] = typed_time(text, zone) if name in TIMES else text
        except ReviewerError as wrong:
            bad[name] = wrong
    return good, bad


def policy_id(typed: str, tables: Tables) -> str:
    """What an allegation refers to: the table's id where its words were chosen, else what was typed."""
    wanted = typed.strip().casefold()
    return next((each.id for each in tables.policies if wanted in (each.words.casefold(), each.id)), typed.strip())


ROLES = tuple((capital(role.value), role.value) for role in PersonRole)
