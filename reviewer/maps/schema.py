"""What the layers of a vector tile mean: three public schemas, sorted into what this map draws and names.

OpenMapTiles 3 (openmaptiles.org/schema), Protomaps basemaps 2 to 4 (docs.protomaps.com/basemaps/layers) and Shortbread
1 (shortbread-tiles.org/schema/1.0) are told apart by the names of their layers; a layer that none of them knows is left
out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from reviewer.maps.vector import Layer, Shape, Value, lines_of

Tags = dict[str, Value]


class Band(IntEnum):
    """What is drawn, in the order of drawing."""

    LAND = 0
    AREA = 1
    GREEN = 2
    WATER = 3
    WATERWAY = 4
    BUILDING = 5
    BORDER = 6
    PATH = 7
    SERVICE = 8
    MINOR = 9
    TERTIARY = 10
    SECONDARY = 11
    PRIMARY = 12
    TRUNK = 13
    MOTORWAY = 14
    RAIL = 15


AREAS = frozenset({Band.LAND, Band.AREA, Band.GREEN, Band.WATER, Band.BUILDING})
ROADS = tuple(Band(each) for each in range(Band.SERVICE, Band.MOTORWAY + 1))


class Naming(IntEnum):
    """What kind of name it is; the lower, the sooner it is set."""

    COUNTRY = 0
    TOWN = 1
    MAIN_STREET = 2
    STREET = 3
    PLACE = 4
    SMALL_STREET = 5
    WATER = 6
    PATH = 7
    HOUSE = 8


@dataclass(frozen=True, slots=True)
class Drawn:
    """Lines or rings of one band: line i is `xy[starts[i]:starts[i + 1]]`, as in a `Layer`."""

    xy: NDArray[np.float32]
    starts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Name:
    """A name and where it belongs: points, or the lines along which it is set."""

    text: str
    naming: Naming
    lines: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class Content:
    """A tile, sorted."""

    bands: dict[Band, Drawn]
    names: tuple[Name, ...]


_ROAD = {
    "motorway": Band.MOTORWAY,
    "highway": Band.MOTORWAY,
    "trunk": Band.TRUNK,
    "primary": Band.PRIMARY,
    "major_road": Band.PRIMARY,
    "secondary": Band.SECONDARY,
    "medium_road": Band.SECONDARY,
    "tertiary": Band.TERTIARY,
    "minor": Band.MINOR,
    "minor_road": Band.MINOR,
    "residential": Band.MINOR,
    "unclassified": Band.MINOR,
    "living_street": Band.MINOR,
    "pedestrian": Band.MINOR,
    "busway": Band.MINOR,
    "raceway": Band.MINOR,
    "service": Band.SERVICE,
    "path": Band.PATH,
    "track": Band.PATH,
    "footway": Band.PATH,
    "cycleway": Band.PATH,
    "steps": Band.PATH,
    "bridleway": Band.PATH,
    "tram": Band.RAIL,
    "rail": Band.RAIL,
    "transit": Band.RAIL,
    "light_rail": Band.RAIL,
    "narrow_gauge": Band.RAIL,
    "subway": Band.RAIL,
}
_GREEN = frozenset(
    (
        *("grass", "wood", "park", "cemetery", "pitch", "playground", "forest", "scrub", "meadow", "garden", "heath"),
        *("nature_reserve", "golf_course", "farmland", "orchard", "village_green", "recreation_ground", "vineyard"),
        *("allotments", "grassland", "protected_area", "national_park"),
    )
)
_NAMED_ROADS = {
    Band.MOTORWAY: Naming.MAIN_STREET,
    Band.TRUNK: Naming.MAIN_STREET,
    Band.PRIMARY: Naming.MAIN_STREET,
    Band.SECONDARY: Naming.MAIN_STREET,
    Band.TERTIARY: Naming.STREET,
    Band.MINOR: Naming.STREET,
    Band.SERVICE: Naming.SMALL_STREET,
    Band.PATH: Naming.PATH,
}
_PLACES = {
    "country": Naming.COUNTRY,
    "capital": Naming.TOWN,
    "city": Naming.TOWN,
    "town": Naming.TOWN,
    "locality": Naming.TOWN,
}


def _kind(tags: Tags) -> str:
    """The finest word that says what it is, that one of the schemas uses."""
    for key in ("kind_detail", "pmap:kind_detail", "class", "kind", "pmap:kind"):
        found = str(tags.get(key, ""))
        if found:
            return found
    return ""


def _road(_shape: Shape, tags: Tags) -> Band | None:
    if tags.get("brunnel") == "tunnel" or tags.get("is_tunnel") or tags.get("tunnel") is True:
        return None
    for key in ("kind_detail", "pmap:kind_detail", "class", "subclass", "kind", "pmap:kind"):
        found = _ROAD.get(str(tags.get(key, "")))
        if found is not None:
            return found
    return None


def _ground(_shape: Shape, tags: Tags) -> Band:
    return Band.GREEN if _GREEN.intersection((_kind(tags), str(tags.get("kind", "")))) else Band.AREA


def _water(shape: Shape, _tags: Tags) -> Band:
    return Band.WATER if shape is Shape.AREA else Band.WATERWAY


def _fixed(band: Band) -> Callable[[Shape, Tags], Band]:
    return lambda _shape, _tags: band


def _border(_shape: Shape, tags: Tags) -> Band | None:
    """Of countries and their first parts; a line for every suburb would be taken for something to mind."""
    level = tags.get("admin_level", tags.get("kind_detail", tags.get("pmap:min_admin_level", 2)))
    return Band.BORDER if not isinstance(level, int | float) or level <= 4 else None


Sort = Callable[[Shape, Tags], Band | None]
_LAYERS: dict[str, Sort] = {
    # OpenMapTiles; “water” and “landuse” are Protomaps’ too
    "landuse": _ground,
    "landcover": _ground,
    "park": _fixed(Band.GREEN),
    "water": _water,
    "waterway": _fixed(Band.WATERWAY),
    "building": _fixed(Band.BUILDING),
    "transportation": _road,
    "boundary": _border,
    # Protomaps
    "earth": _fixed(Band.LAND),
    "natural": _ground,
    "buildings": _fixed(Band.BUILDING),
    "roads": _road,
    "transit": _road,
    "boundaries": _border,
    # Shortbread
    "ocean": _fixed(Band.WATER),
    "water_polygons": _fixed(Band.WATER),
    "water_lines": _fixed(Band.WATERWAY),
    "land": _ground,
    "sites": _ground,
    "streets": _road,
    "street_polygons": _fixed(Band.AREA),
}
_NAMED = {
    "transportation_name",
    "roads",
    "street_labels",
    "place",
    "places",
    "place_labels",
    "water_name",
    "water_polygons_labels",
    "water",
    "housenumber",
    "addresses",
}
WANTED = frozenset(_LAYERS) | _NAMED


def sort_out(layers: dict[str, Layer]) -> Content:
    """What is to be drawn of a tile, and named."""
    pieces: dict[Band, list[Drawn]] = {}
    names: list[Name] = []
    for title, layer in layers.items():
        if title in _LAYERS:
            for band, drawn in _banded(layer, _LAYERS[title]):
                pieces.setdefault(band, []).append(drawn)
        if title in _NAMED:
            names += _names(title, layer)
    return Content({band: joined(drawn) for band, drawn in pieces.items()}, tuple(names))


def _banded(layer: Layer, sort: Sort) -> Iterable[tuple[Band, Drawn]]:
    bands = [_fitting(sort(shape, tags), shape) for shape, tags in zip(layer.shapes, layer.tags, strict=True)]
    each = np.asarray(bands, np.int8)
    of_line = each[layer.owners] if len(layer.owners) else np.zeros(0, np.int8)
    for band in np.unique(of_line):
        if band >= 0:
            yield Band(int(band)), chosen(layer.xy, layer.starts, np.flatnonzero(of_line == band))


def _fitting(band: Band | None, shape: Shape) -> int:
    """-1 for what is not drawn: no band, or one that takes areas and this is none, or the other way round."""
    if band is None or (shape is Shape.AREA) != (band in AREAS) or shape in (Shape.POINT, Shape.UNKNOWN):
        return -1
    return int(band)


def chosen(xy: NDArray[np.float32], starts: NDArray[np.int64], lines: NDArray[np.int64]) -> Drawn:
    """These lines alone."""
    lengths = starts[lines + 1] - starts[lines]
    begins = np.concatenate(([0], np.cumsum(lengths)))
    index = np.arange(begins[-1]) + np.repeat(starts[lines] - begins[:-1], lengths)
    return Drawn(xy[index], begins)


def joined(drawn: list[Drawn]) -> Drawn:
    """All of them as one."""
    if len(drawn) == 1:
        return drawn[0]
    before = np.cumsum([0, *(len(each.xy) for each in drawn)])
    starts = [each.starts[:-1] + at for each, at in zip(drawn, before, strict=False)]
    return Drawn(np.concatenate([each.xy for each in drawn]), np.concatenate([*starts, before[-1:]]))


# -- names -------------------------------------------------------------------------------------------------------------

_LONGEST_NAME = 80  # characters
_LONGEST_NUMBER = 6
_SPELLINGS = ("name:latin", "name", "name_int")


def _names(title: str, layer: Layer) -> Iterable[Name]:
    by_feature: dict[int, tuple[str, Naming]] = {}
    for number, (shape, tags) in enumerate(zip(layer.shapes, layer.tags, strict=True)):
        found = _name(title, shape, tags)
        if found is not None:
            by_feature[number] = found
    of_feature = lines_of(layer) if by_feature else []
    for number, (text, naming) in by_feature.items():
        lines = of_feature[number]
        if layer.shapes[number] is Shape.AREA:
            lines = [_middle(lines)] if lines else []
        yield Name(text, naming, tuple(each for each in lines if len(each)))


def _name(title: str, shape: Shape, tags: Tags) -> tuple[str, Naming] | None:
    if title in ("housenumber", "addresses"):
        text, naming = str(tags.get("housenumber", tags.get("addr_housenumber", ""))), Naming.HOUSE
        if len(text) > _LONGEST_NUMBER:  # “13 A, 5th floor” is an address, and no number on a house
            return None
    else:
        text = next((str(tags[key]) for key in _SPELLINGS if tags.get(key)), "")
        naming = _naming(title, shape, tags)
    clean = " ".join("".join(c if c.isprintable() else " " for c in text[:_LONGEST_NAME]).split())
    return (clean, naming) if clean else None


def _naming(title: str, shape: Shape, tags: Tags) -> Naming:
    if title.startswith("water"):
        return Naming.WATER
    if title.startswith("place"):
        return _PLACES.get(_kind(tags)) or _PLACES.get(str(tags.get("kind", "")), Naming.PLACE)
    road = _road(shape, tags)
    return _NAMED_ROADS.get(road, Naming.SMALL_STREET) if road is not None else Naming.SMALL_STREET


def _middle(rings: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The middle of the largest ring's box, as a line of one point."""
    ring = max(rings, key=lambda each: float(np.prod(np.ptp(each, axis=0))) if len(each) else 0.0)
    return ((ring.min(axis=0) + ring.max(axis=0)) / 2)[None, :] if len(ring) else ring
