"""What a camera's GPS receiver wrote down: one position a second, with its error and what it claims that error is."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np

from reviewer.demo.camera import CameraSpec
from reviewer.demo.scene import Schedule
from reviewer.demo.street import bearing, to_wgs84
from reviewer.demo.timing import track_gap_of
from reviewer.demo.walk import Walk
from reviewer.domain.timebase import SECOND, Utc, format_rfc3339

CSV_HEADER = ("stream_us", "utc", "lat", "lon", "accuracy_m", "speed_mps", "heading_deg", "fix")
_LATENCY = 60_000  # µs, the spread of how late a position is written into the stream
_ACQUIRES = 3  # positions without a fix before the first good one


@dataclass(frozen=True, slots=True)
class GpsRow:
    """One line of a track: `stream` is µs since the first part's start, `at` UTC by the GPS (true)."""

    stream: int
    at: Utc
    lat: float
    lon: float
    accuracy: float
    speed: float
    heading: float
    fix: bool


def gps_rows(spec: CameraSpec, walk: Walk, schedule: Schedule, start: Utc, end: Utc, seed: int) -> list[GpsRow]:
    """The rows between two true instants, one at each whole UTC second. Without a fix the place is 0, 0: garbage, as
    receivers write it."""
    rng = np.random.default_rng([seed, 31, spec.number])
    gap = track_gap_of(spec, schedule)
    drift = rng.normal(0, 2.0, 2)
    rows: list[GpsRow] = []
    first = -(-start // SECOND) * SECOND
    acquires = min(_ACQUIRES, max(1, (end - first) // (4 * SECOND)))
    for i, at in enumerate(range(first, end, SECOND)):
        drift = 0.93 * drift + rng.normal(0, 0.8, 2)
        latency = int(rng.normal(0, _LATENCY))
        claimed = float(rng.uniform(2.2, 3.4))
        if gap and gap[0] <= at < gap[1]:
            continue
        stream = max(0, at - start + latency)
        if not spec.fix or (spec.clock_error > SECOND and i < acquires):
            rows.append(GpsRow(stream, Utc(at), 0.0, 0.0, 9999.0, 0.0, 0.0, fix=False))
            continue
        step = walk.at(schedule.seconds(Utc(at)))
        lat, lon = to_wgs84(step.x + drift[0], step.y + drift[1])
        ahead = walk.at(schedule.seconds(Utc(at)) + 0.5)
        course = bearing(ahead.x - step.x, ahead.y - step.y) if step.speed > 0.3 else bearing(-step.x, -step.y)
        heading = (course + float(rng.normal(0, 3))) % 360
        rows.append(GpsRow(stream, Utc(at), lat, lon, claimed, max(0.0, step.speed), heading, fix=True))
    return rows


def as_csv(rows: list[GpsRow]) -> str:
    """The columns that the intake room reads, one header line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for row in rows:
        at = format_rfc3339(row.at)
        where = (f"{row.lat:.7f}", f"{row.lon:.7f}", f"{row.accuracy:.1f}", f"{row.speed:.2f}", f"{row.heading:.1f}")
        writer.writerow((row.stream, at, *where, int(row.fix)))
    return text.getvalue()


def as_gpx(rows: list[GpsRow], name: str) -> str:
    """GPX 1.1: positions with a fix only, as phones and docks export them; accuracy as HDOP × 5 m."""
    root = ElementTree.Element("gpx", version="1.1", creator=name, xmlns="http://www.topografix.com/GPX/1/1")
    segment = ElementTree.SubElement(ElementTree.SubElement(root, "trk"), "trkseg")
    for row in rows:
        if row.fix:
            point = ElementTree.SubElement(segment, "trkpt", lat=f"{row.lat:.7f}", lon=f"{row.lon:.7f}")
            ElementTree.SubElement(point, "time").text = format_rfc3339(row.at)
            ElementTree.SubElement(point, "hdop").text = f"{row.accuracy / 5:.2f}"
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
