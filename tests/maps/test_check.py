"""A map that somebody brings is looked into before it is taken: the shipped one passes, a spoilt one says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.check import check
from reviewer.services.basemap import shipped


def test_the_shipped_map_is_one() -> None:
    alive: list[int] = []
    found = check(shipped().path, lambda: alive.append(1))
    assert (found.kind, found.min_zoom, found.max_zoom) == ("mvt", 0, 14)
    assert "OpenStreetMap" in found.attribution
    assert found.tiles > 3 and len(alive) >= found.tiles


def test_one_whose_tiles_are_damaged_is_not(tmp_path: Path) -> None:
    data = bytearray(shipped().path.read_bytes())
    half = len(data) // 2
    data[half:] = bytes(len(data) - half)
    spoilt = tmp_path / "spoilt.pmtiles"
    spoilt.write_bytes(data)
    with pytest.raises(UnreadableArchive):
        check(spoilt)
