"""What the views of a case say that somebody saw: for counting, in no order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from reviewer.domain.coverage import NORMAL, WATCHED, Manner, manner_of
from reviewer.domain.view_acts import Crop, Source, Visible

_HOW = "rate_milli, width, height, heard, visible, source, crop"


def shown(conn: sqlite3.Connection, case: str) -> Iterator[tuple[str, str, Manner, list[tuple[int, int]]]]:
    """(user, recording, manner, stretches in µs of UTC) of all that anybody was shown of a case's footage, the
    filmstrip's pictures among it."""
    for user, recording, rate, how, stretches in _alike(conn, case):
        manner = _manner(rate, *how)
        if manner is not None:
            yield user, recording, manner, stretches
    films = conn.execute("SELECT origin, recording, starts, ends FROM films WHERE case_id=?", (case,))
    for origin, recording, start, end in films:
        yield user_of(origin), recording, Manner.FILM, [(start, end)]


def paced(
    conn: sqlite3.Connection, case: str, *, heard: bool = False
) -> Iterator[tuple[str, str, int, list[tuple[int, int]]]]:
    """(user, recording, rate_milli, stretches in µs of UTC) of what was seen whole, large enough, from the original
    and not backwards, at whatever speed; 0 is standing still. Only what was `heard` too if asked."""
    for user, recording, rate, how, stretches in _alike(conn, case):
        if _manner(min(rate, NORMAL), *how) in ((Manner.SOUND,) if heard else WATCHED):
            yield user, recording, rate, stretches


def _alike(conn: sqlite3.Connection, case: str) -> Iterator[tuple[str, str, int, Iterable[Any], list[tuple[int, int]]]]:
    """Views that were alike in everything but their time, together."""
    rows = conn.execute(
        f"SELECT origin, recording, {_HOW}, json_group_array(starts), json_group_array(ends)"  # noqa: S608 - only fixed words
        f" FROM watched WHERE case_id=? GROUP BY origin, recording, {_HOW}",
        (case,),
    )
    for origin, recording, rate, *how, starts, ends in rows:
        yield user_of(origin), recording, rate, how, list(zip(json.loads(starts), json.loads(ends), strict=True))


def user_of(origin: str) -> str:
    """Whose log that is."""
    return origin.split("/")[-3]


def crop_of(said: str) -> Crop | None:
    return Crop(*map(int, said.split(","))) if said else None


def _manner(rate: int, width: int, height: int, heard: int, visible: str, source: str, crop: str) -> Manner | None:
    seen, whose = Visible(visible), Source(source)
    return manner_of(rate, (width, height), heard=bool(heard), visible=seen, source=whose, crop=crop_of(crop))
