"""Tracks for other programs: GPX 1.1, KML 2.2 with gx:Track, GeoJSON (RFC 7946). Each position keeps its time to the
microsecond and its accuracy; what the accuracy is, where the track is from and how far its times may be off is said in
words beside it. Holes stay holes: each stretch is a segment of its own. Ways without times are lines without times.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from xml.sax.saxutils import escape

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.timebase import SECOND, Micros, format_rfc3339
from reviewer.domain.track import Fix, Polyline, Track
from reviewer.domain.wording import count

NAMESPACE = "urn:reviewer:track:1"
"""Of what GPX has no element for: accuracy (one standard deviation, metres), speed (m/s), course (degrees)."""
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold
_ARRAYS: tuple[tuple[str, Callable[[Fix], float | None]], ...] = (
    ("accuracy_m", lambda f: f.accuracy),
    ("speed_mps", lambda f: f.speed),
    ("heading_deg", lambda f: f.heading),
)


@dataclass(frozen=True, slots=True)
class TrackOut:
    """One person's track on its way out. `source` says where it is from ("GPS in the recording BWC-1"); `sigma` (µs) is
    one standard deviation of its times, None where nothing is known of it."""

    name: str
    track: Track
    source: str
    sigma: Micros | None = None

    @property
    def words(self) -> str:
        """What its numbers are worth, in a sentence or two."""
        said = [f"{self.source}."]
        accuracies = [f.accuracy for f in self.track.fixes if f.accuracy is not None]
        if accuracies:
            said.append(f"Positions ± {COVERAGE * median(accuracies):.0f} m (median, 95 %).")
        elif self.track.fixes:
            said.append("The source states no accuracy of its positions.")
        if self.track.fixes and self.sigma is not None:
            said.append(f"Times ± {COVERAGE * self.sigma / SECOND:.2g} s (95 %).")
        if self.track.refused:
            why = "; ".join(f"{each.reason}: {each.count}" for each in self.track.refused)
            said.append(f"{count(sum(r.count for r in self.track.refused), 'point')} of the source not used ({why}).")
        if self.track.paths:
            said.append("Lines without times say nothing of when anybody was there.")
        return " ".join(said)


def stretches(track: Track) -> Iterator[tuple[Fix, ...]]:
    """The fixes between its holes."""
    start = 0
    for i, (a, b) in enumerate(pairwise(track.fixes), start=1):
        if b.at - a.at > track.hole_after:
            yield track.fixes[start:i]
            start = i
    if track.fixes:
        yield track.fixes[start:]


def gpx(tracks: Sequence[TrackOut], title: str) -> bytes:
    """GPX 1.1 (topografix.com/GPX/1/1/gpx.xsd)."""
    said = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<gpx version="1.1" creator="Reviewer" xmlns="http://www.topografix.com/GPX/1/1" xmlns:r="{NAMESPACE}">',
        f"<metadata><name>{_xml(title)}</name></metadata>",
    ]
    for out in tracks:
        said.append(_gpx_head(out, out.name))
        for stretch in stretches(out.track):
            said += ["<trkseg>", *map(_gpx_point, stretch), "</trkseg>"]
        said.append("</trk>")
        for path in out.track.paths:
            points = (f'<trkpt lat="{_decimal(lat)}" lon="{_decimal(lon)}"/>' for lat, lon in path.points)
            said += [_gpx_head(out, path.name or out.name), "<trkseg>", *points, "</trkseg></trk>"]
    return "\n".join([*said, "</gpx>", ""]).encode()


def _gpx_head(out: TrackOut, name: str) -> str:
    return f"<trk><name>{_xml(name)}</name><desc>{_xml(out.words)}</desc><src>{_xml(out.source)}</src>"


def _gpx_point(fix: Fix) -> str:
    values = (("accuracy", fix.accuracy), ("speed", fix.speed), ("course", fix.heading))
    more = "".join(f"<r:{name}>{_decimal(v)}</r:{name}>" for name, v in values if v is not None)
    beside = f"<extensions>{more}</extensions>" if more else ""
    where = f'lat="{_decimal(fix.lat)}" lon="{_decimal(fix.lon)}"'
    return f"<trkpt {where}><time>{format_rfc3339(fix.at)}</time>{beside}</trkpt>"


def kml(tracks: Sequence[TrackOut], title: str) -> bytes:
    """KML 2.2 (OGC 07-147r2) with Google's gx extension, which is what earth viewers move along."""
    fields = "".join(f'<gx:SimpleArrayField name="{name}" type="float"/>' for name, _ in _ARRAYS)
    said = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">',
        f'<Document><name>{_xml(title)}</name><Schema id="fix">{fields}</Schema>',
    ]
    for out in tracks:
        about = f"<description>{_xml(out.words)}</description>"
        parts = [_kml_track(stretch) for stretch in stretches(out.track)]
        if parts:
            multi = ["<gx:MultiTrack><gx:interpolate>0</gx:interpolate>", *parts, "</gx:MultiTrack>"]
            said += [f"<Placemark><name>{_xml(out.name)}</name>{about}", *multi, "</Placemark>"]
        for path in out.track.paths:
            points = " ".join(f"{_decimal(lon)},{_decimal(lat)}" for lat, lon in path.points)
            line = f"<LineString><tessellate>1</tessellate><coordinates>{points}</coordinates></LineString>"
            said.append(f"<Placemark><name>{_xml(path.name or out.name)}</name>{about}{line}</Placemark>")
    return "\n".join([*said, "</Document></kml>", ""]).encode()


def _kml_track(stretch: Sequence[Fix]) -> str:
    whens = "\n".join(f"<when>{format_rfc3339(f.at)}</when>" for f in stretch)
    coords = "\n".join(f"<gx:coord>{_decimal(f.lon)} {_decimal(f.lat)} 0</gx:coord>" for f in stretch)
    arrays = "".join(_kml_array(name, [of(f) for f in stretch]) for name, of in _ARRAYS)
    beside = f'<ExtendedData><SchemaData schemaUrl="#fix">{arrays}</SchemaData></ExtendedData>' if arrays else ""
    return f"<gx:Track>\n{whens}\n{coords}\n{beside}</gx:Track>"


def _kml_array(name: str, values: Sequence[float | None]) -> str:
    if all(value is None for value in values):
        return ""
    said = "".join(f"<gx:value>{'' if v is None else _decimal(v)}</gx:value>" for v in values)
    return f'<gx:SimpleArrayData name="{name}">{said}</gx:SimpleArrayData>'


def geojson(tracks: Sequence[TrackOut], title: str) -> bytes:
    """A FeatureCollection: a line for each stretch, with `coordTimes` and lists of the same length beside it."""
    features: list[dict[str, object]] = []
    for out in tracks:
        features += [_feature(out, stretch) for stretch in stretches(out.track)]
        features += [_way(out, path) for path in out.track.paths]
    whole = {"type": "FeatureCollection", "name": title, "features": features}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _feature(out: TrackOut, stretch: Sequence[Fix]) -> dict[str, object]:
    single = len(stretch) == 1
    places = [[f.lon, f.lat] for f in stretch]
    properties: dict[str, object] = {"name": out.name, "description": out.words, "source": out.source}
    if out.sigma is not None:
        properties["time_sigma_s"] = out.sigma / SECOND
    times = [format_rfc3339(f.at) for f in stretch]
    properties |= {"time": times[0]} if single else {"coordTimes": times}
    for name, of in _ARRAYS:
        values = [of(f) for f in stretch]
        if any(value is not None for value in values):
            properties[name] = values[0] if single else values
    geometry = {"type": "Point", "coordinates": places[0]} if single else {"type": "LineString", "coordinates": places}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _way(out: TrackOut, path: Polyline) -> dict[str, object]:
    properties = {"name": path.name or out.name, "description": out.words, "source": out.source}
    line = {"type": "LineString", "coordinates": [[lon, lat] for lat, lon in path.points]}
    return {"type": "Feature", "properties": properties, "geometry": line}


FORMATS: dict[str, Callable[[Sequence[TrackOut], str], bytes]] = {"gpx": gpx, "kml": kml, "geojson": geojson}


def _xml(text: str) -> str:
    return escape(_UNPRINTABLE.sub("\ufffd", text))


def _decimal(value: float) -> str:
    """A plain decimal without an exponent, as XML Schema's decimal wants it; to 10^-10."""
    return f"{value:.10f}".rstrip("0").rstrip(".")
