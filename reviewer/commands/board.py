"""The allegation board and its coverage gate without a window: `reviewer board`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from reviewer.commands.base import Commands, Said, instant, logged_on, takes_user
from reviewer.domain import codec
from reviewer.domain import gate as gates
from reviewer.domain.alignment import on_wall
from reviewer.domain.assignment import Assignment
from reviewer.domain.case import Allegation, Stance
from reviewer.domain.case_acts import DocumentSet, ExhibitSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import format_rfc3339
from reviewer.domain.wall_time import WallTime
from reviewer.records.queries import Queries
from reviewer.services.board import Board, BoardCamera, Card, Row, Stuff, case_board
from reviewer.services.case import CaseFile
from reviewer.services.case_state import rights_of
from reviewer.services.gate import case_gate, opened_documents
from reviewer.services.queue import beside_the_case, case_manifests
from reviewer.services.session import Session


def add(table: Commands) -> None:
    """The words of these commands."""
    shown = table.add(
        "board show", board_show, "a case’s allegations: what speaks for and against, what is not watched"
    )
    put = table.add("board add", board_add, "put a mark, a stretch of footage or a place on paper on the board")
    off = table.add("board withdraw", board_withdraw, "take an exhibit off the board; it stays in the log")
    for each in (shown, put, off):
        each.add_argument("case")
    put.add_argument("allegation", help="as the board has it: A1")
    put.add_argument("--stance", choices=[each.value for each in Stance], default=Stance.UNDECIDED.value)
    put.add_argument("--mark", default="", help="the id of a mark")
    put.add_argument("--recording", default="", help="a recording (of a mark on several: on which it counts)")
    put.add_argument("--from", dest="since", type=instant, help="when (RFC 3339), on the recording")
    put.add_argument("--to", dest="until", type=instant, help="until when")
    put.add_argument("--document", default="", help="the id of a document of the case")
    put.add_argument("--where", default="", help="a place in it: “p. 2”")
    put.add_argument("--text", default="", help="what it says")
    off.add_argument("exhibit", help="as the board has it: E3")
    for each in (shown, put, off):
        takes_user(each, "who you are")


@dataclass(frozen=True, slots=True)
class _Open:
    session: Session
    queries: Queries
    assignment: Assignment
    file: CaseFile


@contextmanager
def _opened(args: argparse.Namespace) -> Iterator[_Open]:
    """The case, with what colleagues published. A refusal is an entry first."""
    with logged_on(args) as session:
        assignment = session.open_case(args.case)
        session.following.run(every=True)
        rights, me = rights_of(session.trust, args.case), session.user.id
        with closing(session.queries()) as queries:
            file = CaseFile(session.journal.record, queries, args.case, lambda: rights.refusal(me))
            yield _Open(session, queries, assignment, file)


def board_show(args: argparse.Namespace) -> Said:
    """`reviewer board show`: as far as this person may see the case."""
    with _opened(args) as opened:
        board, gate, problems = _board(opened)
        users = {user.id: user.name for user in opened.session.roster.users}
        lines = [line for row in board.rows for line in _lines(row)]
        watched = gates.people_words(gate.cameras, lambda user: users.get(user, user))
        lines += [f"Watched by {watched}"] if watched else []
        numbers = {column.key: f"camera {column.number}" for column in board.columns}
        lines += gates.notes(gate, lambda key: numbers.get(key, key))
        data = {"case": args.case, "allegations": [_data(row) for row in board.rows]}
        return Said(lines, data, refused=problems)


def _board(opened: _Open) -> tuple[Board, gates.CaseGate, list[str]]:
    session, queries, file = opened.session, opened.queries, opened.file
    found = case_manifests(session.trust, opened.assignment, session.grants)
    others = beside_the_case(opened.assignment, found.good, session.trust.manifests().good)
    standing = queries.alignment(file.case).accepted
    alignment = standing.alignment if standing is not None else None
    known = [(m, True) for m in found.good] + [(m, False) for m in others]
    cameras = [BoardCamera(n, on_wall(m, alignment) or m, own) for n, (m, own) in enumerate(known, 1)]
    gate = case_gate(
        *(queries, opened.assignment, [m for m, _ in known], file.allegations()),
        rule=session.roster.agency_tables.gate,
        complaint=file.complaint(),
        clocks=WallTime.of([m for m, _ in known], alignment),
    )
    gone = {b.id for b in queries.bookmarks(file.case, withdrawn=True)}
    gone |= {thing.id for thing in file.things(DocumentSet, withdrawn=True)}
    marks = {mark.id: mark for mark in queries.bookmarks(file.case)}
    documents = {each.id: each for each in file.documents()}
    stuff = Stuff(marks, documents, gone, opened_documents(queries, file.case))
    board = case_board(file.allegations(), file.exhibits(), cameras, stuff, gate)
    return board, gate, [f"{p.message} {p.next_step}" for p in found.problems]


def _lines(row: Row) -> Iterator[str]:
    yield f"{row.allegation.name}  {row.allegation.title}: {row.words}"
    if row.gate is not None:
        yield f"  {gates.sentence(row.gate)}"
        if slow := gates.slow_words(row.gate):
            yield f"  {slow}"
    for card in row.exhibits:
        yield f"  {card.exhibit.name}  {card.exhibit.stance}  {_where(card)}  {card.text}  {card.gone}".rstrip()


def _where(card: Card) -> str:
    if card.at is not None:
        return f"{format_rfc3339(card.at.start)} {card.recording}"
    return card.where or card.recording


def _data(row: Row) -> dict[str, Any]:
    return {
        "id": row.allegation.id,
        "name": row.allegation.name,
        "gate": codec.encode(gates.stands(row.gate)) if row.gate is not None else {},
        "met": row.gate is not None and row.gate.met,
        "exhibits": [
            {
                "id": card.exhibit.id,
                "name": card.exhibit.name,
                "stance": card.exhibit.stance.value,
                "text": card.text,
                "where": _where(card),
                "gone": card.gone,
            }
            for card in row.exhibits
        ],
    }


def board_add(args: argparse.Namespace) -> Said:
    """`reviewer board add`."""
    with _opened(args) as opened:
        if not (args.mark or args.recording or args.document):
            raise ReviewerError("An exhibit rests on something.", "Give --mark, --recording or --document.")
        if args.mark and opened.queries.bookmark(args.case, args.mark) is None:
            raise ReviewerError(f"{args.case} has no mark {args.mark}.", "See its entry in the log.")
        if args.document and all(each.id != args.document for each in opened.file.documents()):
            raise ReviewerError(f"{args.case} has no document {args.document}.", "See `reviewer document list`.")
        fields = {
            "allegation": _allegation(opened, args.allegation).id,
            **{name: getattr(args, name) for name in ("stance", "mark", "recording", "document", "where", "text")},
            "start": format_rfc3339(args.since) if args.since is not None else "",
            "end": format_rfc3339(args.until) if args.until is not None else "",
        }
        id_ = opened.file.add(ExhibitSet, fields).result()
        name = next(each.name for each in opened.file.exhibits() if each.id == id_)
        return Said([f"{name} is on the board of {args.case}."], {"id": id_, "name": name})


def board_withdraw(args: argparse.Namespace) -> Said:
    """`reviewer board withdraw`."""
    with _opened(args) as opened:
        found = next((e for e in opened.file.exhibits() if args.exhibit in (e.name, e.id)), None)
        if found is None:
            raise ReviewerError(f"There is no exhibit {args.exhibit}.", f"See `reviewer board show {args.case}`.")
        opened.file.withdraw(ExhibitSet, found.id).result()
        return Said([f"{found.name} is off the board; the log has it."], {"id": found.id})


def _allegation(opened: _Open, named: str) -> Allegation:
    found = next((a for a in opened.file.allegations() if named in (a.name, a.id)), None)
    if found is None:
        raise ReviewerError(f"There is no allegation {named}.", f"See `reviewer case show {opened.file.case}`.")
    return found
