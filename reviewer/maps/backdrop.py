"""The coarse map of the whole world that stands where no archive reaches: land, borders and countries' names.

Natural Earth 1:50m, public domain, as TopoJSON (https://github.com/topojson/topojson-specification): borders are shared
arcs of whole numbers, each step counted from the one before.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer.maps.mercator import MAX_LATITUDE
from reviewer.maps.schema import Band, Content, Drawn, Name, Naming

FINEST_ZOOM = 7
"""Beyond this zoom its coasts are off by more than a hair, so nothing of it is drawn."""


def read_backdrop(path: Path) -> Content:
    """The world as one tile (0/0/0). The file is one of the program's own: raises OSError, ValueError if it is not."""
    found = json.loads(gzip.decompress(path.read_bytes()))
    scale, shift = (np.asarray(found["transform"][key], float) for key in ("scale", "translate"))
    arcs = [_unit(np.cumsum(np.asarray(arc, float), axis=0) * scale + shift) for arc in found["arcs"]]
    rings: list[NDArray[np.float32]] = []
    named: list[tuple[float, Name]] = []
    uses = np.zeros(len(arcs), int)
    for country in found["objects"]["countries"]["geometries"]:
        numbered = [ring for polygon in _polygons(country) for ring in polygon]
        for ring in numbered:
            np.add.at(uses, [arc if arc >= 0 else ~arc for arc in ring], 1)
        made = [_whole(_ring(arcs, ring)) for ring in numbered]
        if made:
            rings += [each for ring in made for each in _beside(ring)]
            size, middle = _anchor(made)
            named.append((size, Name(country["properties"]["name"], Naming.COUNTRY, (middle,))))
    borders = [arc for arc, shared in zip(arcs, uses, strict=True) if shared > 1 and not _leaps(arc).any()]
    named.sort(key=lambda each: -each[0])
    return Content({Band.LAND: _drawn(rings), Band.BORDER: _drawn(borders)}, tuple(name for _, name in named))


def _polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    found: list[list[list[int]]] = geometry["arcs"] if geometry["type"] == "MultiPolygon" else []
    return found


def _unit(degrees: NDArray[np.float64]) -> NDArray[np.float32]:
    """(n, 2) of longitude and latitude to Mercator's unit square (see `mercator.to_unit`)."""
    lat = np.radians(np.clip(degrees[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
    return np.stack(((degrees[:, 0] + 180) / 360, 0.5 - np.arcsinh(np.tan(lat)) / (2 * np.pi)), axis=1).astype(
        np.float32
    )


def _ring(arcs: list[NDArray[np.float32]], numbers: list[int]) -> NDArray[np.float32]:
    """Arcs end to end, ~n backwards; each begins where the one before ended."""
    return np.concatenate([(arcs[n] if n >= 0 else arcs[~n][::-1])[1:] for n in numbers])


def _leaps(line: NDArray[np.float32]) -> NDArray[np.int64]:
    """For each step whether it goes over the 180th meridian: 1 eastwards, -1 westwards. The file cuts none."""
    return -np.round(np.diff(line[:, 0])).astype(np.int64)


def _whole(ring: NDArray[np.float32]) -> NDArray[np.float32]:
    """A ring without leaps: it goes on beyond the edge of the world. One around the South Pole is closed along it."""
    turns = np.concatenate(([0], np.cumsum(_leaps(ring))))
    whole = ring.copy()
    whole[:, 0] += turns
    if round(float(whole[-1, 0] - whole[0, 0])):
        corners = np.asarray([(whole[-1, 0], 1.0), (whole[0, 0], 1.0)], np.float32)
        whole = np.concatenate((whole, corners))
    return whole


def _beside(ring: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The ring, and again on the other side of the world what of it lies beyond the edge."""
    shifts = [1.0] if ring[:, 0].min() < 0 else [-1.0] if ring[:, 0].max() > 1 else []
    return [ring, *(ring + np.asarray((shift, 0), np.float32) for shift in shifts)]


def _anchor(rings: list[NDArray[np.float32]]) -> tuple[float, NDArray[np.float32]]:
    """The size of the largest ring, and its centre of gravity as a line of one point (both by the shoelace formula)."""
    areas = [_area(ring) for ring in rings]
    at = int(np.argmax(np.abs(areas)))
    ring, area = rings[at].astype(float), areas[at]
    after = np.roll(ring, -1, axis=0)
    cross = ring[:, 0] * after[:, 1] - after[:, 0] * ring[:, 1]
    middle = ((ring + after) * cross[:, None]).sum(axis=0) / (6 * area) if area else ring.mean(axis=0)
    return abs(area), middle[None, :].astype(np.float32)


def _area(ring: NDArray[np.float32]) -> float:
    x, y = ring.astype(float).T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def _drawn(lines: list[NDArray[np.float32]]) -> Drawn:
    starts = np.concatenate(([0], np.cumsum([len(line) for line in lines])))
    return Drawn(np.concatenate(lines), starts)
