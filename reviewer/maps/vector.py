"""Mapbox vector tiles (MVT 2.1) as plain shapes in unit coordinates of their own tile.

Coordinates are floats from 0 to 1 across the tile (a little beyond at the edges, by the tile's buffer), y south.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import mapbox_vector_tile
from google.protobuf.message import DecodeError

from reviewer.domain.errors import UnreadableArchive

Line = tuple[tuple[float, float], ...]


class Shape(StrEnum):
    POINT = "point"
    LINE = "line"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing on the map. `lines` are its points, polylines, or rings (outer and inner ones alike, even-odd)."""

    shape: Shape
    lines: tuple[Line, ...]
    kind: str  # the schema's `class`
    name: str
    tunnel: bool = False


def decode(data: bytes) -> dict[str, tuple[Feature, ...]]:
    """Layers of a tile by name, features in file order. Raises UnreadableArchive."""
    try:
        layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    except (DecodeError, ValueError, KeyError, IndexError, TypeError) as wrong:
        raise UnreadableArchive("A tile of the map archive is damaged.", "Copy the archive again.") from wrong
    return {name: tuple(_features(layer)) for name, layer in layers.items()}


def _features(layer: dict[str, Any]) -> Iterator[Feature]:
    scale = 1 / (layer.get("extent") or 4096)
    for each in layer["features"]:
        geometry, properties = each["geometry"], each["properties"]
        shape, lines = _shape(geometry["type"], geometry["coordinates"])
        scaled = tuple(tuple((x * scale, y * scale) for x, y in line) for line in lines)
        name = properties.get("name:latin") or properties.get("name") or ""
        yield Feature(shape, scaled, str(properties.get("class", "")), str(name), properties.get("brunnel") == "tunnel")


def _shape(kind: str, coordinates: Any) -> tuple[Shape, list[Any]]:  # noqa: ANN401 - GeoJSON nests by kind
    match kind:
        case "Point":
            return Shape.POINT, [[coordinates]]
        case "MultiPoint":
            return Shape.POINT, [[each] for each in coordinates]
        case "LineString":
            return Shape.LINE, [coordinates]
        case "MultiLineString":
            return Shape.LINE, coordinates
        case "Polygon":
            return Shape.AREA, coordinates
        case _:
            return Shape.AREA, [ring for polygon in coordinates for ring in polygon]
