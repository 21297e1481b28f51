from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.preferences import Place, Places
from reviewer.services.workspace import UserRoom

PLACE = Place(Utc(1_781_380_800_000_000), ("r1", "r2"), "r1", None, "focus", 500, TimeRange(Utc(1), Utc(5)))


def test_a_place_is_back_when_the_case_is_opened_again(tmp_path: Path) -> None:
    places = Places.of(UserRoom(tmp_path))
    assert places.get("c1") is None
    places.set("c1", PLACE)
    places.set("c2", Place(Utc(7)))
    again = Places.of(UserRoom(tmp_path))
    assert (again.get("c1"), again.get("c2"), again.problem) == (PLACE, Place(Utc(7)), None)


@pytest.mark.parametrize("damage", [b"", b"{", b'{"cases": 3}', b"\xff\xfe", b"[]", b'{"cases":[{"case":"c"}]}'])
def test_a_damaged_file_is_kept_aside_and_said(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "places.json"
    file.write_bytes(damage)
    places = Places(file)
    assert places.get("c1") is None
    assert (
        str(places.problem)
        == "Where you left each case cannot be read. The damaged file is kept as places.json.damaged."
    )
    assert (tmp_path / "places.json.damaged").read_bytes() == damage
    places.set("c1", PLACE)
    assert Places(file).get("c1") == PLACE


def test_a_disk_that_refuses_leaves_the_old_file(tmp_path: Path) -> None:
    places = Places(tmp_path / "places.json")
    places.set("c1", PLACE)
    blocked = Places(tmp_path / "places.json" / "below")
    assert blocked.problem is not None
    with pytest.raises(ReviewerError):
        blocked.set("c1", Place(Utc(1)))
    assert Places(tmp_path / "places.json").get("c1") == PLACE
