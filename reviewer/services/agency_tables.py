"""The agency's own table: its words for marks, dispositions, standards, clocks and who may move a case.

A JSON file that a person writes; it counts once the root has signed it into the next roster.

Three examples ship (`resources/agency`): they show how a rule is written down and are no legal advice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer import config
from reviewer.domain.agency import FormerMoves, Tables
from reviewer.domain.case import CaseState
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.domain.roles import WRITERS
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import SECOND
from reviewer.domain.wording import Local, LocalZone
from reviewer.services.drafting import Record
from reviewer.services.roster import amend_roster
from reviewer.services.trust import Trust

MOST = 200_000
"""Bytes of a file. The examples have 5,000."""
EXAMPLES = ("default", "calgary", "leca")
_ID = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+){0,8}")
_TONES = frozenset({"text", "info", "warn", "stop", "ok"})
_DAY = 86_400 * SECOND
_LONGEST = 200
_AGAIN = "Correct the file; nothing was signed."


def example(name: str) -> Tables:
    """A table that ships. Raises ReviewerError for a name that is none."""
    if name not in EXAMPLES:
        raise ReviewerError(f"No example is called “{name}”.", f"There are {', '.join(EXAMPLES)}.")
    return read_tables(config.resource("agency", f"{name}.json"))


def read_tables(path: Path) -> Tables:
    """A table from a file, checked. Raises ReviewerError, which names the first thing that is wrong."""
    try:
        if path.stat().st_size > MOST:
            raise ReviewerError(f"{path.name} has more than {MOST:,} bytes.", "A table has a few thousand.")
        data = path.read_bytes()
    except OSError as wrong:
        raise ReviewerError(f"{path} cannot be read.", "Check its path and your rights.") from wrong
    return parsed(data, path.name)


def parsed(data: bytes, name: str) -> Tables:
    """A table from bytes, checked. Raises ReviewerError."""
    try:
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as wrong:
        raise ReviewerError(f"{name} is no JSON: {wrong}.", _AGAIN) from wrong
    try:
        tables = decode(Tables, value)
    except MalformedDocument as wrong:
        raise ReviewerError(f"{name}: {wrong.message}", _AGAIN) from wrong
    problem = next(_unknown(value, encode(tables), name), None) or next(problems(tables), None)
    if problem is not None:
        raise ReviewerError(problem, _AGAIN)
    return tables


def zone_of(tables: Tables, other: Local) -> Local:
    """The agency's zone, in which what goes out says times; `other` where its table names none, or this system does not
    know it."""
    with suppress(ValueError):
        if tables.time_zone:
            return LocalZone.named(tables.time_zone)
    return other


def to_json(tables: Tables) -> str:
    """A table as a person edits it."""
    return json.dumps(encode(tables), indent=2, ensure_ascii=False) + "\n"


def sign_tables(trust: Trust, root: Ed25519PrivateKey, tables: Tables, *, record: Record | None = None) -> Roster:
    """The next roster has this table, one version after the last. What the one before allowed is kept with it, so that
    cases stay where they were moved by it. Raises as `amend_roster`, and ReviewerError for a table that is wrong."""
    problem = next(problems(tables), None)
    if problem is not None:
        raise ReviewerError(problem, _AGAIN)
    before = trust.refresh().agency_tables
    former = {each.version: each for each in (*before.former, FormerMoves(before.version, before.moves))}
    made = replace(tables, version=before.version + 1, former=tuple(former.values()))
    what = f"Agency table “{made.name}”, version {made.version}."
    return amend_roster(trust, root, tables=made, what=what, record=record)


def problems(tables: Tables) -> Iterator[str]:
    """What is wrong with a table, a sentence each."""
    if not tables.name.strip() or len(tables.name) > _LONGEST:
        yield "The table needs a name of at most 200 characters."
    listed = ("kinds", "dispositions", "standards", "clocks", "policies")
    for member in listed:
        rows = getattr(tables, member)
        if not rows and member != "clocks":
            yield f"“{member}” is empty: a case needs at least one."
        yield from _named(member, rows)
    yield from _kinds(tables)
    yield from _clocks(tables)
    yield from _moves(tables)
    if not tables.ways or not tables.papers:
        yield "“ways” and “papers” need at least one word each."
    yield from _zone(tables)
    gate = tables.gate
    if not (0 <= gate.before <= _DAY and 0 <= gate.after <= _DAY and 100 <= gate.fastest_milli <= 16_000):
        yield "“gate” has a stretch of at most a day (µs) before and after, and a speed of 100 to 16000 thousandths."


def _named(member: str, rows: Iterable[object]) -> Iterator[str]:
    seen: set[str] = set()
    for row in rows:
        id_, words = str(getattr(row, "id", "")), str(getattr(row, "words", ""))
        if not _ID.fullmatch(id_):
            yield f"“{id_}” in “{member}” is no id: use small letters, digits, _ and -."
        if id_ in seen:
            yield f"“{id_}” stands twice in “{member}”."
        if not words.strip() or len(words) > _LONGEST:
            yield f"“{id_}” in “{member}” needs words, at most 200 characters."
        seen.add(id_)


def _kinds(tables: Tables) -> Iterator[str]:
    keys: set[str] = set()
    for kind in tables.kinds:
        if kind.tone not in _TONES:
            yield f"The kind “{kind.id}” has the tone “{kind.tone}”; there are {', '.join(sorted(_TONES))}."
        if not config.resource("icons", f"{kind.icon}.svg").is_file():
            yield f"The kind “{kind.id}” has the icon “{kind.icon}”, which does not ship."
        if len(kind.key) > 1 or kind.key in keys:
            yield f"The kind “{kind.id}” needs a key of its own, one letter or digit, or none."
        keys |= {kind.key} - {""}


def _clocks(tables: Tables) -> Iterator[str]:
    for clock in tables.clocks:
        if clock.days < 0 or clock.months < 0 or not 0 < clock.days + clock.months * 31 <= 36_600:
            yield f"The clock “{clock.id}” needs days or months, and not more than a hundred years."


def _zone(tables: Tables) -> Iterator[str]:
    if tables.time_zone is not None:
        try:
            if not tables.time_zone:
                raise ValueError("it is empty")
            LocalZone.named(tables.time_zone)
        except ValueError:
            yield f"“time_zone” is “{tables.time_zone}”, which is none: name one, as Europe/Helsinki, or leave it out."


def _moves(tables: Tables) -> Iterator[str]:
    seen: set[tuple[CaseState, CaseState]] = set()
    for move in tables.moves:
        way = f"from {move.start.value} to {move.end.value}"
        if move.start is move.end or (move.start, move.end) in seen:
            yield f"The move {way} stands twice, or leads nowhere."
        if not move.roles or not set(move.roles) <= WRITERS:
            yield f"The move {way} needs roles, and only {' or '.join(sorted(WRITERS))} write into a case."
        seen.add((move.start, move.end))
    reached = {CaseState.SCREENING}
    while more := {end for start, end in seen if start in reached} - reached:
        reached |= more
    for needed in (CaseState.DECIDED, CaseState.CLOSED):
        if needed not in reached:
            yield f"No way leads from screening to {needed.value}."


def _unknown(given: object, known: object, where: str) -> Iterator[str]:
    """Members that this program does not know: in a file that a person wrote, most likely misspelt."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            if name not in known:
                yield f"{where} has a member “{name}” that no table has."
            else:
                yield from _unknown(value, known[name], f"{where}, {name}")
    elif isinstance(given, list) and isinstance(known, list):
        for at, (one, other) in enumerate(zip(given, known, strict=False), start=1):
            yield from _unknown(one, other, f"{where}, no. {at}")
