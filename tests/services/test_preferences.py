from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.domain.errors import ReviewerError
from reviewer.domain.lens import CameraLens, Lens
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.preferences import Place, Places, SoundLevel
from reviewer.services.workspace import UserRoom

PLACE = Place(
    at=Utc(1_781_380_800_000_000),
    cameras=("r1", "r2"),
    focus="r1",
    layout="focus",
    rate_milli=-500,
    loop=TimeRange(Utc(1), Utc(5)),
    range=TimeRange(Utc(1), Utc(5)),
    levels=(SoundLevel("r1", 140, on=True, solo=True), SoundLevel("r2", 0)),
    lenses=(CameraLens("r2", Lens(zoom=2000, turn=90, gamma=125)),),
    window=TimeRange(Utc(0), Utc(9)),
    film=True,
)
OLD = """{"v": 1, "cases": [{"case": "c1", "place": {"at": "2026-06-13T20:00:00.000000Z", "cameras": ["r1", "r2"],
"focus": "r1", "listen": "r2", "layout": "focus", "rate_milli": 500}}]}"""


def test_a_place_is_back_when_the_case_is_opened_again(tmp_path: Path) -> None:
    places = Places.of(UserRoom(tmp_path))
    assert places.get("c1") is None
    places.set("c1", PLACE)
    places.set("c2", Place(Utc(7)))
    again = Places.of(UserRoom(tmp_path))
    assert (again.get("c1"), again.get("c2"), again.problem) == (PLACE, Place(Utc(7)), None)


def test_a_file_of_the_first_release_is_still_read(tmp_path: Path) -> None:
    (tmp_path / "places.json").write_text(OLD)
    places = Places.of(UserRoom(tmp_path))
    wanted = Place(Utc(1_781_380_800_000_000), ("r1", "r2"), "r1", "r2", "focus", 500)
    assert (places.problem, places.get("c1")) == (None, wanted)


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
