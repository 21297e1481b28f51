"""A whole file of every format, the same short way in each: north along one street, one fix a second.

`WHOLE` is by format; `truth` says where the way was at an instant. Written from the formats' descriptions.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor

from tests.tracks.gpmf_bytes import gps5, gps9

COUNT = 40
START = datetime(2026, 6, 13, 19, 42, 17, tzinfo=UTC)
LAT, LON = 60.17, 24.94
STEP = 1e-5  # of a degree a second: 1.1 m
PLACES = [(LAT + i * STEP, LON) for i in range(COUNT)]
WHENS = [START + timedelta(seconds=i) for i in range(COUNT)]
ROWS = list(zip(WHENS, PLACES, strict=True))


def z(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S") + "Z"


def gpx(version: str = "1/1", prefix: str = "") -> bytes:
    p = f"{prefix}:" if prefix else ""
    space = f"xmlns{':' + prefix if prefix else ''}"
    points = "".join(
        f'<{p}trkpt lat="{lat:.6f}" lon="{lon:.6f}"><{p}ele>12.5</{p}ele>'
        f"<{p}time>{z(w)}</{p}time><{p}hdop>1.5</{p}hdop></{p}trkpt>\n"
        for w, (lat, lon) in ROWS
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{p}gpx version="{version.replace("/", ".")}" creator="t" '
        f'{space}="http://www.topografix.com/GPX/{version}"><{p}trk><{p}name>Way</{p}name><{p}trkseg>\n{points}'
        f"</{p}trkseg></{p}trk></{p}gpx>\n"
    ).encode()


def kml(prefix: str = "gx:") -> bytes:
    whens = "".join(f"<when>{z(w)}</when>\n" for w in WHENS)
    coords = "".join(f"<{prefix}coord>{lon:.6f} {lat:.6f} 12.5</{prefix}coord>\n" for lat, lon in PLACES)
    return (
        '<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2" '
        'xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><Placemark><name>Way</name>'
        f"<{prefix}Track>{whens}{coords}</{prefix}Track></Placemark></Document></kml>\n"
    ).encode()


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return made.getvalue()


def sentence(body: str) -> str:
    return f"${body}*{reduce(xor, body.encode()):02X}\r\n"


def _dm(value: float, width: int) -> str:
    return f"{int(value):0{width}d}{value % 1 * 60:07.4f}"


def nmea() -> bytes:
    said = ""
    for when, (lat, lon) in ROWS:
        clock, place = f"{when:%H%M%S}.00", f"{_dm(lat, 2)},N,{_dm(lon, 3)},E"
        said += sentence(f"GPGGA,{clock},{place},1,08,1.5,10.0,M,18.0,M,,")
        said += sentence(f"GPRMC,{clock},A,{place},2.1,0.0,{when:%d%m%y},,,A")
    return said.encode()


def csv() -> bytes:
    rows = (f"{i * 1_000_000},{z(w)},{lat:.6f},{lon:.6f},4.2,1.1,0.0,3d\n" for i, (w, (lat, lon)) in enumerate(ROWS))
    return ("stream_us,utc,lat,lon,accuracy_m,speed_mps,heading_deg,fix\n" + "".join(rows)).encode()


def _cue(i: int) -> str:
    a, b = (f"00:{s // 60:02d}:{s % 60:02d},000" for s in (i, i + 1))
    return f"{i + 1}\n{a} --> {b}\n"


def srt(dialect: str = "matrice") -> bytes:
    said = ""
    for i, (w, (lat, lon)) in enumerate(ROWS):
        said += (
            _cue(i)
            + {
                "matrice": f"{w:%Y.%m.%d %H:%M:%S}\nGPS({lat:.5f},{lon:.5f},0.0M) BAROMETER:0.3M\n\n",
                "mavic_pro": f"HOME({LON},{LAT}) {w:%Y.%m.%d %H:%M:%S}\nGPS({lon:.5f},{lat:.5f},16) BAROMETER:1\n\n",
                "mavic_2": f"{w:%Y-%m-%d %H:%M:%S},000,000\n[latitude : {lat:.6f}] [longtitude : {lon:.6f}]\n\n",
            }[dialect]
        )
    return said.encode()


def axis() -> bytes:
    entries = [
        {"LocationWKT": f"POINT({lon:.6f} {lat:.6f})", "SecondsFromStart": float(i), "Timestamp": z(w)}
        for i, (w, (lat, lon)) in enumerate(ROWS)
    ]
    return json.dumps({"CoordinateEntries": entries}, indent=0).encode()


def json_points() -> bytes:
    points = [{"timestamp": z(w), "latitude": round(lat, 6), "longitude": lon} for w, (lat, lon) in ROWS]
    return json.dumps(points, indent=0).encode()


def geojson() -> bytes:
    line = {"type": "LineString", "coordinates": [[lon, round(lat, 6), 12.5] for lat, lon in PLACES]}
    properties = {"name": "Way", "coordTimes": [z(w) for w in WHENS]}
    feature = {"type": "Feature", "properties": properties, "geometry": line}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, indent=0).encode()


def exiftool() -> bytes:
    tags: dict[str, object] = {"SourceFile": "dash.mp4", "Main:GPSLatitude": LAT}
    for i, (w, (lat, lon)) in enumerate(ROWS):
        tags |= {
            f"Doc{i + 1}:GPSLatitude": round(lat, 6),
            f"Doc{i + 1}:GPSLongitude": lon,
            f"Doc{i + 1}:GPSDateTime": f"{w:%Y:%m:%d %H:%M:%S}Z",
            f"Doc{i + 1}:GPSSpeed": 3.96,
        }
    return json.dumps([tags], indent=0).encode()


def gpmf() -> bytes:
    half = COUNT // 2
    one = b"".join(gps5(f"{w:%y%m%d%H%M%S}.000", [place]) for w, place in ROWS[:half])
    days = (START - datetime(2000, 1, 1, tzinfo=UTC)).days
    seconds = START.hour * 3600 + START.minute * 60 + START.second
    return one + b"".join(
        gps9([(lat, lon, days, seconds + half + i, 1.5, 3)]) for i, (lat, lon) in enumerate(PLACES[half:])
    )


WHOLE: dict[str, bytes] = {
    "gpx": gpx(),
    "csv": csv(),
    "gpmf": gpmf(),
    "dji_srt": srt(),
    "axis_gnss": axis(),
    "kml": kml(),
    "kmz": zipped(doc_kml=kml()),
    "nmea": nmea(),
    "json": json_points(),
    "geojson": geojson(),
    "exiftool": exiftool(),
}
