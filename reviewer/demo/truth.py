"""What is true about a demo: for tests and figures. The program never reads it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reviewer.domain.timebase import Micros, Utc, format_rfc3339

TRUTH_FILE = "truth.json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a camera truly is at an instant: WGS 84 degrees, and where it looks (degrees clockwise from north)."""

    at: Utc
    lat: float
    lon: float
    heading: float


@dataclass(frozen=True, slots=True)
class PartTruth:
    """One file. `start` is the true UTC of stream time 0; frame i has the tick `pts[i]` of `time_base` (numerator,
    denominator) and shows the true instant `frames[i]`."""

    file: str
    start: Utc
    length: Micros
    time_base: tuple[int, int]
    pts: tuple[int, ...]
    frames: tuple[Utc, ...]


@dataclass(frozen=True, slots=True)
class StillTruth:
    file: str
    at: Utc


@dataclass(frozen=True, slots=True)
class CameraTruth:
    """One camera. `clock_error` is its own clock minus UTC (µs); `rate` is frames a second (numerator, denominator),
    None for a variable one; `gps_gap` when the receiver was out, `fix` whether it ever had a fix; `silent` the length
    of the silent buffer at its start."""

    number: int
    directory: str
    officer: str
    badge: str
    width: int
    height: int
    rate: tuple[int, int] | None
    b_frames: int
    clock_error: Micros
    checked_offset: Micros | None
    silent: Micros
    track: str
    fix: bool
    gps_gap: tuple[Utc, Utc] | None
    sample_rate: int
    channels: int
    parts: tuple[PartTruth, ...]
    stills: tuple[StillTruth, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """One demo. `events` maps what can be seen or heard to its true UTC: "arm_raised" is when the arm starts to rise,
    "bag_dropped" when the hand opens, "bag_lands" when it touches the ground; sounds start at their instant and reach
    a camera 2.9 ms a metre later."""

    seed: int
    start: Utc
    length: Micros
    events: dict[str, Utc]
    cameras: tuple[CameraTruth, ...]


def write_truth(truth: Truth, folder: Path) -> Path:
    """Write `truth.json` into the folder."""
    document: dict[str, Any] = asdict(truth)
    document["start_rfc3339"] = format_rfc3339(truth.start)
    path = folder / TRUTH_FILE
    path.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def read_truth(folder: Path) -> Truth:
    """The truth beside a demo, for tests and figures only."""
    document = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
    return Truth(
        document["seed"],
        document["start"],
        document["length"],
        document["events"],
        tuple(_camera(each) for each in document["cameras"]),
    )


def _camera(document: dict[str, Any]) -> CameraTruth:
    pairs = {name: tuple(document[name]) if document[name] else None for name in ("rate", "gps_gap")}
    parts = tuple(
        PartTruth(**{**p, "time_base": tuple(p["time_base"]), "pts": tuple(p["pts"]), "frames": tuple(p["frames"])})
        for p in document["parts"]
    )
    stills = tuple(StillTruth(**s) for s in document["stills"])
    places = tuple(Place(**p) for p in document["places"])
    return CameraTruth(**{**document, **pairs, "parts": parts, "stills": stills, "places": places})
