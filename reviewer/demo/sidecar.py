"""The JSON that the dock writes beside a camera's files: who, what, and what the camera's own clock said."""

from __future__ import annotations

import json
from typing import Any

from reviewer.demo.camera import CameraSpec
from reviewer.demo.timing import PartPlan
from reviewer.domain.recording import ClockSource
from reviewer.domain.timebase import SECOND, Micros, Utc, format_rfc3339

# What a camera claims of a clock that nobody compared with anything; one of them is far from keeping it.
_CLAIMED = 2_000_000
INCIDENT = "HE-2026-061342"
EVENT_TYPE = "disturbance"


def own_clock(spec: CameraSpec, instant: Utc) -> str:
    """What the camera's own clock says at a true instant, RFC 3339."""
    return format_rfc3339(Utc(instant + spec.clock_error))


def sidecar_text(
    spec: CameraSpec, parts: list[PartPlan], stills: list[tuple[str, Utc]], track: str, silent: Micros
) -> str:
    """The sidecar's text. `stills` are names and true instants, `track` the track's file name."""
    checked = spec.checked
    clock: dict[str, Any] = {
        "source": str(ClockSource.MANIFEST),
        "started_at": own_clock(spec, parts[0].start),
        "uncertainty_us": checked.uncertainty if checked else _CLAIMED,
    }
    if checked:
        clock["checked_offset_us"] = checked.missing
    document: dict[str, Any] = {
        "officer": spec.officer,
        "badge": spec.badge,
        "device": {"make": spec.make, "model": spec.model, "serial": spec.serial},
        "clock": clock,
        "parts": [{"file": part.file, "started_at": own_clock(spec, part.start)} for part in parts],
        "stills": [{"file": name, "taken_at": own_clock(spec, at)} for name, at in stills],
        "tracks": [{"file": track, "format": spec.track}],
        "incidents": [INCIDENT],
        "event_type": EVENT_TYPE,
        "stop_reason": spec.stop_reason,
    }
    if silent:
        document["buffer"] = {"seconds": silent // SECOND, "silent": True}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
