"""One tile, drawn: archives over each other within their own bounds, pictures, the coarse world, damage."""

from __future__ import annotations

from pathlib import Path

import pytest
from pmtiles.tile import TileType
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from reviewer.maps.archive import Bounds, MapSource, source_of
from reviewer.maps.schema import Naming
from reviewer.services.basemap import backdrop, shipped
from reviewer.ui.review.map_draw import DrawnTile, Renderer
from reviewer.ui.review.map_sheet import TILE_PX
from reviewer.ui.review.map_style import STYLES
from tests.maps.made import STREETS, mbtiles, pmtiles

CENTRE = (16, 37309, 18970)
HALF = {"min_lon_e7": 0, "max_lon_e7": 1_800_000_000}


def _image(tile: DrawnTile) -> QImage:
    assert tile.trouble == ""
    return QImage(tile.pixels, TILE_PX, TILE_PX, QImage.Format.Format_RGB32).copy()


def _picture(color: str, side: int = 256, kind: str = "PNG") -> bytes:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _at(image: QImage, x: float, y: float) -> str:
    return image.pixelColor(int(x * TILE_PX), int(y * TILE_PX)).name().upper()


def _colors(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name().upper() for x in range(0, TILE_PX, 3) for y in range(0, TILE_PX, 3)}


@pytest.mark.parametrize("style", ["dark", "light"])
def test_the_centre_has_ground_houses_and_streets_in_the_colours_of_its_style(style: str) -> None:
    drawn = Renderer([shipped()], backdrop()).draw(CENTRE, style)
    ink = STYLES[style]
    assert {ink.green, ink.building, ink.road, ink.casing} <= _colors(_image(drawn))
    assert {"Pohjoisesplanadi", "Fabianinkatu"} <= {label.text for label in drawn.labels}


def test_beyond_the_archives_zoom_lines_stay_sharp_and_names_stay() -> None:
    drawn = Renderer([shipped()], None).draw((18, 149239, 75881), "light")
    assert STYLES["light"].road in _colors(_image(drawn))
    assert "Fabianinkatu" in {label.text for label in drawn.labels}


def test_where_nothing_is_known_it_is_hatched_and_not_open_ground() -> None:
    ink = STYLES["light"]
    nowhere = _image(Renderer([shipped()], backdrop()).draw((14, 0, 0), "light"))
    assert {ink.nothing} < _colors(nowhere)
    assert ink.land not in _colors(nowhere)


def test_from_afar_there_is_the_world_with_countries_names() -> None:
    drawn = Renderer([], backdrop()).draw((3, 4, 2), "light")
    image = _image(drawn)
    assert {STYLES["light"].land, STYLES["light"].water} <= _colors(image)
    assert {label.rank for label in drawn.labels} == {Naming.COUNTRY}
    assert "Sweden" in {label.text for label in drawn.labels}


def test_an_archive_is_drawn_within_its_bounds_over_the_other(tmp_path: Path) -> None:
    whole = source_of(pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): _picture("#FF0000")}, kind=TileType.PNG))
    east = source_of(pmtiles(tmp_path / "b.pmtiles", {(0, 0, 0): _picture("#0000FF")}, kind=TileType.PNG, **HALF))
    image = _image(Renderer([east, whole], None).draw((0, 0, 0), "light"))
    assert (_at(image, 0.2, 0.5), _at(image, 0.8, 0.5)) == ("#FF0000", "#0000FF")
    image = _image(Renderer([whole, east], None).draw((0, 0, 0), "light"))
    assert (_at(image, 0.2, 0.5), _at(image, 0.8, 0.5)) == ("#FF0000", "#FF0000")


def test_a_name_belongs_to_the_archive_that_is_seen_there(tmp_path: Path) -> None:
    streets = source_of(mbtiles(tmp_path / "a.mbtiles", {(0, 0, 0): STREETS}))
    over = source_of(pmtiles(tmp_path / "b.pmtiles", {(0, 0, 0): _picture("#0000FF")}, kind=TileType.PNG))
    assert Renderer([streets], None).draw((0, 0, 0), "dark").labels
    assert Renderer([over, streets], None).draw((0, 0, 0), "dark").labels == ()


def test_small_pictures_are_taken_from_the_next_zoom_for_a_sharp_screen(tmp_path: Path) -> None:
    quarters = {(1, x, y): _picture(f"#{x * 255:02X}{y * 255:02X}80") for x in (0, 1) for y in (0, 1)}
    source = source_of(pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): _picture("#FFFFFF"), **quarters}, kind=TileType.PNG))
    image = _image(Renderer([source], None).draw((0, 0, 0), "light"))
    assert [_at(image, x, y) for x, y in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8))] == ["#000080", "#FF0080", "#00FF80"]
    closer = _image(Renderer([source], None).draw((3, 6, 6), "light"))
    assert _colors(closer) == {"#FFFF80"}


def test_a_picture_is_darkened_beside_footage(tmp_path: Path) -> None:
    source = source_of(pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): _picture("#FFFFFF")}, kind=TileType.PNG))
    image = _image(Renderer([source], None).draw((0, 0, 0), "dark"))
    assert image.pixelColor(200, 200).lightness() < 180


@pytest.mark.parametrize("kind", [TileType.PNG, TileType.MVT])
def test_a_damaged_tile_is_said_and_the_map_beneath_stays(tmp_path: Path, kind: TileType) -> None:
    over = source_of(pmtiles(tmp_path / "broken.pmtiles", {(0, 0, 0): b"\x89PNG nonsense"}, kind=kind))
    whole = source_of(pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): _picture("#FF0000")}, kind=TileType.PNG))
    drawn = Renderer([over, whole], None).draw((0, 0, 0), "light")
    assert drawn.trouble.startswith("broken: ")
    assert QImage(drawn.pixels, TILE_PX, TILE_PX, QImage.Format.Format_RGB32).pixelColor(9, 9).name() == "#ff0000"


def test_only_pictures_that_name_no_other_file_are_read(tmp_path: Path) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="9" height="9"/></svg>'
    source = source_of(pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): drawing}, kind=TileType.PNG))
    assert "no picture" in Renderer([source], None).draw((0, 0, 0), "light").trouble


@pytest.mark.parametrize("kind", ["PNG", "JPG", "WEBP"])
def test_the_three_kinds_of_picture_are_read(tmp_path: Path, kind: str) -> None:
    path = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): _picture("#FF0000", kind=kind)}, kind=TileType.PNG)
    assert _image(Renderer([source_of(path)], None).draw((0, 0, 0), "light")).pixelColor(99, 99).red() > 250


def test_a_picture_too_large_for_a_map_is_refused(tmp_path: Path) -> None:
    source = source_of(pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): _picture("#FF0000", 2500)}, kind=TileType.PNG))
    assert "no picture" in Renderer([source], None).draw((0, 0, 0), "light").trouble


def test_an_archive_that_is_gone_is_said(tmp_path: Path) -> None:
    gone = MapSource(tmp_path / "gone.pmtiles", "00", "Gone", "mvt", 0, 14, Bounds(-180, -85, 180, 85), "© X")
    assert Renderer([gone], None).draw((0, 0, 0), "light").trouble.startswith("Gone: ")
