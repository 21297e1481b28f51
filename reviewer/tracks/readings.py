"""What a reader hands over for each point in a file, before anybody has checked it."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import Micros, Utc


class Reading(NamedTuple):
    """One point as the file states it; None where the file is silent. Degrees WGS 84, metres, m/s, degrees from
    north. `dop` is the dilution of precision, `has_fix` what the receiver itself claims. A tuple: a day has
    300,000 of them."""

    at: Utc | None
    lat: float | None
    lon: float | None
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    stream: Micros | None = None
    dop: float | None = None
    has_fix: bool = True


LARGEST_JSON = 64 << 20
"""Bytes; read, JSON takes many times as much memory, and no shift has as many positions."""


def unreadable(name: str, what: str, next_step: str = "") -> UnreadableTrack:
    """The error whose sentence is "<name> <what>."."""
    return UnreadableTrack(f"{name} {what}.", next_step or "Fetch the track again, or go on without it.")


def number(text: str | None) -> float | None:
    """A finite float, or None for anything else."""
    try:
        value = float(text) if text and "_" not in text else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e300 else None


_DEGREES = re.compile(
    r"""([NSEWnsew])?\s*(-|−|\+)?(\d{1,3}(?:[.,]\d{1,15})?)\s*(?:°|deg|d|º)?\s*
    (?:(\d{1,2}(?:[.,]\d{1,12})?)\s*['′m’]\s*)?(?:(\d{1,2}(?:[.,]\d{1,12})?)\s*(?:"|″|s|'')\s*)?([NSEWnsew])?""",
    re.VERBOSE,
)


def degrees(text: str | None, sides: str) -> float | None:
    """Decimal degrees, or degrees, minutes and seconds, signed or with a letter of `sides` ("NS" or "EW"). None for
    anything else; a sign and a letter that contradict each other are."""
    plain = number(text)
    if plain is not None or not text:
        return plain
    found = _DEGREES.fullmatch(text.strip())
    if found is None:
        return None
    before, sign, whole, minutes, seconds, after = found.groups()
    side = (before or after or "").upper()
    if (before and after) or (side and (side not in sides or (sign is not None and sign != "+"))):
        return None
    parts = [float((each or "0").replace(",", ".")) for each in (whole, minutes, seconds)]
    if parts[1] >= 60 or parts[2] >= 60:
        return None
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    return -value if side in ("S", "W") or sign in ("-", "−") else value


def json_value(name: str, data: bytes) -> Any:  # noqa: ANN401 - whatever the file holds
    """The file's JSON. Raises UnreadableTrack for what is none, and for one that is nested or blown up to trap its
    reader."""
    if len(data) > LARGEST_JSON:
        raise unreadable(name, "is too large for a track in JSON")
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        line = f" (line {wrong.lineno})" if isinstance(wrong, json.JSONDecodeError) else ""
        raise unreadable(name, f"is not valid JSON{line}") from wrong
