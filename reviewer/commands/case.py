"""A case's papers without a window: `reviewer case show|set|person|allegation|withdraw|move|told|history`.

What is written is an entry of the person who is logged on; whoever may not is refused as on the screen.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from reviewer.commands.base import Commands, Said, logged_on, pair, takes_user, zone_named
from reviewer.domain.case import CaseState, PersonRole
from reviewer.domain.case_acts import AllegationSet, ComplaintSet, PersonSet, ThingSet
from reviewer.domain.case_state import Standing, Step
from reviewer.domain.errors import ReviewerError
from reviewer.domain.thing import Thing
from reviewer.domain.timebase import format_rfc3339, parse_rfc3339
from reviewer.domain.wording import date
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.case_state import CaseMoves, Rights, rights_of
from reviewer.services.clock import utc_now
from reviewer.services.history import history
from reviewer.services.logwords import Names
from reviewer.services.session import Session
from reviewer.services.statutory import Due, due_on

_TIMES = frozenset({"received", "start", "end", "updated", "requested", "answered"})
_COMPLAINT = (
    *("number", "received", "way", "incident", "place", "start", "end", "summary"),
    *("updated", "paused", "requested", "answered"),
)
_PERSON = ("role", "name", "badge", "user", "contact", "note")
_ALLEGATION = ("title", "text", "policy", "officer", "start", "end", "place")


def add(table: Commands) -> None:
    """The words of these commands."""
    shown = table.add("case show", case_show, "the complaint, its people and allegations, where it stands, what is due")
    _takes(shown)
    many = "FIELD=VALUE; “-” empties; times as RFC 3339 with their offset"
    for name, run, fields, help_ in (
        ("set", case_set, _COMPLAINT, "write fields of the complaint"),
        ("person", case_person, _PERSON, "add a person, or write fields of one"),
        ("allegation", case_allegation, _ALLEGATION, "add an allegation, or write fields of one"),
    ):
        made = table.add(f"case {name}", run, help_)
        _takes(made)
        made.add_argument(
            "fields", nargs="+", type=pair("="), metavar="FIELD=VALUE", help=f"{many}: {', '.join(fields)}"
        )
        if name != "set":
            made.add_argument("--id", default="", help="of one that stands: “A2”, a name, or its id")
    gone = table.add("case withdraw", case_withdraw, "take a person or an allegation off the case; its entries stay")
    _takes(gone)
    gone.add_argument("what", help="“A2”, a name, or an id")
    moved = table.add("case move", case_move, "move the case on")
    _takes(moved)
    moved.add_argument("to", choices=[state.value for state in CaseState])
    moved.add_argument("--reason", default="")
    _takes(table.add("case told", case_told, "write that the complainant was told how it stands"))
    did = table.add("case history", case_history, "who did what on the case")
    _takes(did)
    did.add_argument("--zone", default="", help="of local times: Europe/Helsinki")


def _takes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case")
    parser.add_argument("--store")
    takes_user(parser, "who you are")


@dataclass(frozen=True, slots=True)
class _Open:
    session: Session
    case: str
    file: CaseFile
    moves: CaseMoves
    rights: Rights
    queries: Queries

    def dues(self, standing: Standing) -> tuple[Due, ...]:
        return due_on(self.queries, self.case, self.rights, standing)

    def name(self, user: str) -> str:
        return self.rights.names.get(user, user)


@contextmanager
def _opened(args: argparse.Namespace) -> Iterator[_Open]:
    """The case, with what colleagues published. A refusal is an entry first."""
    with logged_on(args) as session:
        session.open_case(args.case)
        session.following.run(every=True)
        rights = rights_of(session.trust, args.case)
        with closing(session.queries()) as queries:
            me, record = session.user.id, session.journal.record
            file = CaseFile(record, queries, args.case, lambda: rights.refusal(me))
            moves = CaseMoves(record, queries, args.case, me, lambda: rights)
            yield _Open(session, args.case, file, moves, rights, queries)


def case_show(args: argparse.Namespace) -> Said:
    """`reviewer case show`."""
    with _opened(args) as opened:
        standing = opened.moves.standing()
        dues = opened.dues(standing)
        things = {kind: opened.file.things(kind) for kind in (PersonSet, AllegationSet)}
        complaint = opened.file.thing(ComplaintSet, "")
        names = {each.id: each.name for each in opened.file.allegations()}
        lines = [f"{args.case}: {standing.state.value}", *_lines(complaint, _COMPLAINT)]
        for each in things[AllegationSet]:
            lines += [f"{names[each.id]}  {each.get('title')}", *_lines(each, _ALLEGATION[1:])]
        lines += [f"{each.get('role')}: {each.get('name')} {each.get('badge')}".rstrip() for each in things[PersonSet]]
        lines += [_due_line(each) for each in dues]
        data = {
            "case": args.case,
            "state": standing.state.value,
            "moves": [_step(step) for step in standing.steps],
            "complaint": {} if complaint is None else _fields(complaint),
            "people": [{"id": each.id, **_fields(each)} for each in things[PersonSet]],
            "allegations": [{"id": each.id, "name": names[each.id], **_fields(each)} for each in things[AllegationSet]],
            "dues": [_due(each) for each in dues],
        }
    return Said(lines, data)


def case_set(args: argparse.Namespace) -> Said:
    """`reviewer case set`."""
    with _opened(args) as opened:
        opened.file.change(ComplaintSet, "", _checked(args.fields, _COMPLAINT)).result()
    return Said([f"Written: {', '.join(name for name, _ in args.fields)}."], {"case": args.case})


def case_person(args: argparse.Namespace) -> Said:
    """`reviewer case person`."""
    fields = _checked(args.fields, _PERSON)
    role = fields.get("role", PersonRole.WITNESS.value)
    if role not in tuple(PersonRole):
        raise ReviewerError(f"“{role}” is no role.", f"There are {', '.join(PersonRole)}.")
    return _written(args, PersonSet, fields, "name")


def case_allegation(args: argparse.Namespace) -> Said:
    """`reviewer case allegation`."""
    return _written(args, AllegationSet, _checked(args.fields, _ALLEGATION), "title")


def _written(args: argparse.Namespace, kind: type[ThingSet], fields: dict[str, str], needed: str) -> Said:
    with _opened(args) as opened:
        if fields.get("officer"):
            fields["officer"] = _find(opened, fields["officer"], (PersonSet,))[1]
        if args.id:
            id_ = opened.file.change(kind, _find(opened, args.id, (kind,))[1], fields).result()
        elif not fields.get(needed):
            raise ReviewerError(f"A new one needs a {needed}.", f"Say it as {needed}=….")
        else:
            id_ = opened.file.add(kind, fields).result()
    return Said(["Written."], {"case": args.case, "id": id_})


def case_withdraw(args: argparse.Namespace) -> Said:
    """`reviewer case withdraw`."""
    with _opened(args) as opened:
        kind, id_ = _find(opened, args.what, (AllegationSet, PersonSet))
        opened.file.withdraw(kind, id_).result()
    return Said([f"{args.what} is taken off the case; the entries stay."], {"case": args.case, "id": id_})


def case_move(args: argparse.Namespace) -> Said:
    """`reviewer case move`."""
    with _opened(args) as opened:
        state = opened.moves.move(CaseState(args.to), args.reason).result()
    return Said([f"The case is in {state.value}."], {"case": args.case, "state": state.value})


def case_told(args: argparse.Namespace) -> Said:
    """`reviewer case told`."""
    now = format_rfc3339(utc_now())
    with _opened(args) as opened:
        opened.file.change(ComplaintSet, "", {"updated": now}).result()
        dues = opened.dues(opened.moves.standing())
    return Said(["Written.", *(_due_line(each) for each in dues)], {"case": args.case, "updated": now})


def case_history(args: argparse.Namespace) -> Said:
    """`reviewer case history`."""
    zone = zone_named(args.zone)
    with _opened(args) as opened:
        names = Names(opened.name, lambda recording: recording)
        found = history(opened.queries, args.case, names, zone, tables=opened.rights.tables)
        done = [
            {
                **{"at": format_rfc3339(each.at), "user": each.user, "did": each.did, "subject": each.subject},
                "what": each.what,
                "overwrote": [{"field": lost.field, "value": lost.value, "user": lost.user} for lost in each.lost],
            }
            for each in found.done
        ]
        lines = [
            f"{zone.date(each.at)} {zone.clock(each.at)}  {opened.name(each.user)}  {each.did}"
            + "".join(f"  {words}" for words in (each.subject, each.what) if words)
            + "".join(f"  overwrote “{lost.value}” of {opened.name(lost.user)}" for lost in each.lost)
            for each in found.done
        ]
    return Said(lines or ["Nothing was written yet."], {"case": args.case, "count": found.count, "done": done})


# -- values ----------------------------------------------------------------------------------------------------------


def _checked(given: list[tuple[str, str]], known: tuple[str, ...]) -> dict[str, str]:
    fields = {}
    for name, value in given:
        if name not in known:
            raise ReviewerError(f"There is no field “{name}”.", f"There are {', '.join(known)}.")
        value = "" if value == "-" else value
        if name in _TIMES and value:
            try:
                value = format_rfc3339(parse_rfc3339(value))
            except ValueError:
                raise ReviewerError(
                    f"“{value}” is no time with its offset.", "Type it as 2026-06-13T22:42:00+03:00."
                ) from None
        fields[name] = value
    return fields


def _find(opened: _Open, named: str, kinds: tuple[type[ThingSet], ...]) -> tuple[type[ThingSet], str]:
    """The kind and id of what was named. Raises ReviewerError if there is none, or several."""
    wanted = named.casefold()
    names = {each.id: each.name for each in opened.file.allegations()}
    found = [
        (kind, each.id)
        for kind in kinds
        for each in opened.file.things(kind)
        if wanted in {each.id, names.get(each.id, "").casefold(), each.get("name").casefold(), each.get("badge")} - {""}
    ]
    if len(found) != 1:
        many = "Several are" if found else "Nothing is"
        raise ReviewerError(f"{many} called “{named}” on this case.", "“reviewer case show --json” has every id.")
    return found[0]


def _fields(thing: Thing) -> dict[str, str]:
    return {name: field.value for name, field in sorted(thing.fields.items()) if field.value}


def _lines(thing: Thing | None, fields: tuple[str, ...]) -> list[str]:
    if thing is None:
        return []
    return [f"  {name}: {' '.join(thing.get(name).split())}" for name in fields if thing.get(name)]


def _due_line(due: Due) -> str:
    if due.ended is not None:
        return f"{due.clock.words}: ended {date(due.ended)}, {'too late' if due.late else 'in time'}."
    days = due.days_left(utc_now())
    return f"{due.clock.words}: {date(due.at)} UTC, {f'{days} days left' if days >= 0 else f'{-days} days over'}."


def _due(due: Due) -> dict[str, Any]:
    ended = None if due.ended is None else format_rfc3339(due.ended)
    return {"clock": due.clock.id, "at": format_rfc3339(due.at), "ended": ended, "late": due.late}


def _step(step: Step) -> dict[str, Any]:
    move = step.move
    said = {"from": move.base, "to": move.to, "reason": move.reason, "user": step.user}
    return {**said, "at": format_rfc3339(step.at), "counts": step.counts, "why_not": step.why_not}
