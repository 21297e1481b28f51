"""Vector tiles: what the format's reference library reads of them, we read; what it could not write gets a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.archive import Archive, open_archive
from reviewer.maps.naming import placed, runs
from reviewer.maps.schema import AREAS, Band, Naming, sort_out
from reviewer.maps.vector import Shape, decode, lines_of
from reviewer.services.basemap import shipped
from tests.maps.made import STREETS, vector_tile

KEYS = ((14, 9327, 4742), (14, 9326, 4742), (12, 2331, 1185), (10, 582, 296))


@pytest.fixture(scope="module")
def archive() -> Iterator[Archive]:
    made = open_archive(shipped().path)
    yield made
    made.close()


def _points(coordinates: Any) -> list[tuple[int, int]]:  # noqa: ANN401 - GeoJSON nests by kind
    if isinstance(coordinates[0], int):
        return [tuple(coordinates)]
    return [point for each in coordinates for point in _points(each)]


@pytest.mark.parametrize("key", KEYS)
def test_a_real_tile_is_what_the_reference_library_reads(archive: Archive, key: tuple[int, int, int]) -> None:
    data = archive.tile(*key)
    assert data is not None
    mine = decode(data)
    theirs = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    assert set(mine) == set(theirs)
    for name, layer in theirs.items():
        assert [*mine[name].tags] == [each["properties"] for each in layer["features"]]
        for lines, feature in zip(lines_of(mine[name]), layer["features"], strict=True):
            found = {tuple(np.round(xy * layer["extent"]).astype(int).tolist()) for line in lines for xy in line}
            assert found >= set(_points(feature["geometry"]["coordinates"]))


def test_only_what_is_wanted_is_read(archive: Archive) -> None:
    data = archive.tile(*KEYS[0])
    assert data is not None
    assert set(decode(data, frozenset({"water", "nothing"}))) == {"water"}


@pytest.mark.parametrize("key", KEYS)
@given(st.data())
def test_a_damaged_tile_is_a_tile_or_a_sentence(
    archive: Archive, key: tuple[int, int, int], data: st.DataObject
) -> None:
    whole = bytearray(archive.tile(*key) or b"")
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    try:
        content = sort_out(decode(bytes(whole[: data.draw(st.integers(len(whole) // 2, len(whole)))])))
    except UnreadableArchive as wrong:
        assert wrong.next_step
        return
    placed(runs(content.names), (0.0, 0.0, 1.0), 14)


def _varint(number: int) -> bytes:
    data = bytearray()
    while number >= 0x80:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*data, number])


def _message(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _tile(geometry: list[int], extent: int = 4096, shape: int = 2) -> bytes:
    feature = _message(4, b"".join(map(_varint, geometry))) + _varint(3 << 3) + _varint(shape)
    return _message(3, _message(1, b"water") + _message(2, feature) + _varint(5 << 3) + _varint(extent))


@pytest.mark.parametrize(
    "data",
    [
        _tile([9, 0, 0, (1 << 29) - 6 | 2, 2, 2]),  # half a thousand million points, and one is there
        _tile([10, 0, 0]),  # a line from nowhere
        _tile([9, 0, 0, 13]),  # no such command
        _tile([9, 1 << 40, 0]),
        _tile([9, 0, 0], extent=0),
        _tile([9, 0, 0], extent=1 << 30),
        _tile([9, 0, 0], shape=9),
        _message(3, _message(2, _message(2, b"\x00\x05"))),  # a key that is not there
    ],
)
def test_what_no_program_writes_is_a_sentence(data: bytes) -> None:
    with pytest.raises(UnreadableArchive):
        decode(data)


def test_two_hundred_thousand_features_are_no_map() -> None:
    with pytest.raises(UnreadableArchive, match="larger than a map"):
        decode(_message(3, _message(1, b"x") + _message(2, b"") * 200_001))


# -- what layers mean --------------------------------------------------------------------------------------------------

SQUARE = "POLYGON((0 0, 900 0, 900 900, 0 900, 0 0))"
LINE = "LINESTRING(0 100, 4000 100)"
SCHEMAS = {
    "OpenMapTiles": {
        "water": [(SQUARE, {"class": "lake"})],
        "landcover": [(SQUARE, {"class": "grass"})],
        "building": [(SQUARE, {})],
        "transportation": [(LINE, {"class": "primary"}), (LINE, {"class": "rail", "brunnel": "tunnel"})],
        "transportation_name": [(LINE, {"class": "primary", "name": "High Street"})],
        "place": [("POINT(5 5)", {"class": "city", "name": "Town"})],
        "poi": [("POINT(5 5)", {"name": "Shop"})],
    },
    "Protomaps": {
        "water": [(SQUARE, {"kind": "lake"})],
        "landuse": [(SQUARE, {"kind": "park"})],
        "buildings": [(SQUARE, {"kind": "building"})],
        "roads": [(LINE, {"kind": "major_road", "kind_detail": "primary", "name": "High Street"})],
        "places": [("POINT(5 5)", {"kind": "locality", "kind_detail": "city", "name": "Town"})],
        "pois": [("POINT(5 5)", {"name": "Shop"})],
    },
    "Shortbread": {
        "water_polygons": [(SQUARE, {"kind": "water"})],
        "land": [(SQUARE, {"kind": "forest"})],
        "buildings": [(SQUARE, {})],
        "streets": [(LINE, {"kind": "primary"}), (LINE, {"kind": "rail", "tunnel": True})],
        "street_labels": [(LINE, {"kind": "primary", "name": "High Street"})],
        "place_labels": [("POINT(5 5)", {"kind": "city", "name": "Town"})],
    },
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_each_schema_gives_the_same_map(schema: str) -> None:
    content = sort_out(decode(vector_tile(SCHEMAS[schema])))
    assert set(content.bands) == {Band.WATER, Band.GREEN, Band.BUILDING, Band.PRIMARY}
    assert {(n.text, n.naming) for n in content.names} == {("High Street", Naming.MAIN_STREET), ("Town", Naming.TOWN)}
    assert all(len(drawn.xy) for drawn in content.bands.values())
    assert {band for band in content.bands if band in AREAS} == {Band.WATER, Band.GREEN, Band.BUILDING}


def test_words_of_a_tile_are_one_line_and_no_longer_than_a_name() -> None:
    tags = {"class": "city", "name": "A\u202e\nB" + "x" * 500}
    (name,) = sort_out(decode(vector_tile({"place": [("POINT(5 5)", tags)]}))).names
    assert name.text.startswith("A B")
    assert len(name.text) <= 80


def test_a_long_street_keeps_its_name_however_close_one_looks() -> None:
    names = runs(sort_out(decode(STREETS)).names)
    (whole,) = placed(names, (0.0, 0.0, 1.0), 14)
    assert (whole.text, whole.length, whole.angle) == ("Long Street", pytest.approx(1), 0)
    (part,) = placed(names, (0.75, 0.5, 0.25), 16)
    assert (part.x, part.length) == (pytest.approx(0.875), pytest.approx(0.25))
    assert placed(names, (0.75, 0.25, 0.25), 16) == ()


def test_pieces_of_one_street_are_one_street() -> None:
    pieces = [(f"LINESTRING({x} 100, {x + 500} {100 + x % 7})", {"class": "minor", "name": "S"}) for x in (0, 1000)]
    joining = ("LINESTRING(1000 100, 500 100)", {"class": "minor", "name": "S"})
    names = runs(sort_out(decode(vector_tile({"transportation_name": [*pieces, joining]}))).names)
    (found,) = placed(names, (0.0, 0.0, 1.0), 14)
    assert found.length == pytest.approx(1500 / 4096, rel=0.01)


def test_shapes_are_numbered_as_in_the_format() -> None:
    assert [each.value for each in Shape] == [0, 1, 2, 3]
