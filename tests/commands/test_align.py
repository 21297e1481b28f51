"""What `reviewer align` says of a solution; what it does is walked through in tests/journeys/test_alignment.py."""

from __future__ import annotations

import json

from reviewer.commands.align import _lines, data_of
from reviewer.domain.alignment import Alignment, Between, Correction, Judged, Misclosure, Reading, SourceKind
from reviewer.domain.timebase import SECOND, Micros, Utc

AT = Utc(1_781_379_690_000_000)
OWN = Reading(SourceKind.CONTAINER, "r3", None, AT, Micros(0), Micros(2 * SECOND))
HEARD = Reading(SourceKind.SOUND, "r1", "r3", AT, Micros(37 * SECOND), Micros(9_000), 1_000, 50)
FOUND = Alignment(
    (
        Correction("r1", Micros(0), Micros(20_000), AT),
        Correction("r3", Micros(-37 * SECOND), Micros(22_000), AT, 8_200),
    ),
    {("r1", "r3"): Between(Micros(9_000), AT)},
    (Judged(HEARD, Micros(3)), Judged(OWN, Micros(37 * SECOND), used=False, why="The others agree without it.")),
    (Misclosure(("r1", "r2", "r3"), Micros(-2_500)),),
)


def test_every_camera_has_its_offset_its_margin_and_what_it_rests_on() -> None:
    lines = _lines(FOUND, {"r1": "A. Niemi", "r3": "M. Virtanen"})
    assert lines[1] == "M. Virtanen: −37.000 s ± 0.044 s, +8.2 ppm, most by sound"
    assert lines[2] == ("Left out: container of M. Virtanen, 37.000 s from the others. The others agree without it.")
    assert lines[3] == "1 round trip A → B → C: 2.5 ms in the middle, 2.5 ms at worst"


def test_for_programs_all_of_it_is_one_json_object() -> None:
    data = json.loads(json.dumps(data_of(FOUND)))
    assert [c["source"] for c in data["corrections"]] == ["sound", "sound"]
    assert data["between"][0]["cameras"] == ["r1", "r3"]
    assert [j["used"] for j in data["judged"]] == [True, False]
    assert data["misclosures"][0]["error"] == -2_500
