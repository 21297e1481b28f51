"""Reading a shift's GPX: ten hours at one fix a second, as a watch writes it, with the checks that every track gets."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from reviewer.tracks.base import read_track

_START = datetime(2026, 6, 13, 8, tzinfo=UTC)


def run(points: int, rounds: int) -> dict[str, Any]:
    """`gpx_s`: the median of so many readings, in seconds; `gpx_mb` how large the file is."""
    data = made(points)
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        track = read_track("shift.gpx", data)
        took.append(time.perf_counter() - began)
        if len(track.fixes) != points or track.refused:
            raise RuntimeError(f"{len(track.fixes)} of {points} points came: {track.refused}")
    return {"gpx_s": median(took), "gpx_slowest_s": max(took), "gpx_mb": len(data) / 1e6, "gpx_points": points}


def made(points: int) -> bytes:
    """A GPX 1.1 file with everything that receivers write beside a point."""
    body = "".join(
        f'<trkpt lat="{60.17 + abs(i % 1800 - 900) * 1e-5:.7f}" lon="{24.94 + i * 1e-7:.7f}"><ele>12.3</ele>'
        f"<time>{(_START + timedelta(seconds=i)):%Y-%m-%dT%H:%M:%S}Z</time><hdop>1.2</hdop><sat>11</sat>"
        f"<extensions><t:speed>1.21</t:speed><t:course>90.5</t:course></extensions></trkpt>\n"
        for i in range(points)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="bench" '
        'xmlns="http://www.topografix.com/GPX/1/1" xmlns:t="urn:t"><trk><trkseg>' + body + "</trkseg></trk></gpx>"
    ).encode()
