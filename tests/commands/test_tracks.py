from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.commands import tracks as commands
from reviewer.tracks.base import read_track
from tests.commands.conftest import CUSTODY, Run, by
from tests.tracks import whole


@pytest.fixture
def case(agency: Path, run: Run) -> str:
    members = ("--member", "salo:investigator", "--member", "aro:supervisor")
    why = ("--title", "A street", "--incident", "INC-77", "--purpose", "complaint", "--reason", "a neighbour")
    done = run("assign", "CR-1", *why, *members, *by("aro"), *CUSTODY)
    assert done["status"] == 0, done["err"]
    return "CR-1"


def test_from_a_file_to_a_colleague_and_out_again(case: str, agency: Path, run: Run) -> None:
    (agency / "car.csv").write_text("wann,lat,lon\n2026-06-13 22:42:17,60.17,24.94\n2026-06-13 22:42:18,60.17,24.94\n")
    words = ("tracks", "add", case, "car.csv", "--whose", "Car 7")
    asked = run(*words, *by("salo"))
    assert (asked["status"], asked["error"]) == (
        1,
        "car.csv has no header with columns for time, latitude and longitude.",
    )
    asked = run(*words, "--column", "at=wann", *by("salo"))
    assert (asked["error"], asked["next_step"]) == (
        "car.csv names no time zone.",
        "Say it with --zone, as Europe/Helsinki or +03:00.",
    )
    told = ("--column", "at=wann", "--zone", "Europe/Helsinki")
    assert run(*words, *told, "--look", *by("salo"))["span"][0] == "2026-06-13T19:42:17.000000Z"
    assert run("tracks", case, *by("salo"))["added"] == []
    added = run(*words, *told, *by("salo"))
    assert added["fixes"] == 2

    assert run("log", "follow", *by("aro"))["status"] == 0
    seen = run("tracks", case, *by("aro"))
    assert [(each["whose"], each["by"], each["zone"]) for each in seen["added"]] == [
        ("Car 7", "salo", "Europe/Helsinki")
    ]
    done = run("tracks", "export", case, "out.gpx", *by("aro"))
    assert "Car 7" in done["tracks"]
    out = Path(done["file"]).read_bytes()
    assert read_track("out.gpx", out).fixes
    assert b"Car 7" in out

    assert run("tracks", "withdraw", case, added["id"][:8], *by("salo"))["withdrawn"] == added["id"]
    assert run("tracks", "list", case, *by("salo"))["added"] == []
    assert commands.do_list.__doc__


def test_what_a_person_may_get_wrong(case: str, agency: Path, run: Run) -> None:
    (agency / "a.gpx").write_bytes(whole.gpx())
    (agency / "a.srt").write_bytes(whole.srt())
    for words, says in (
        (("add", case, "gone.gpx", "--whose", "x"), "gone.gpx cannot be read"),
        (("add", case, "a.gpx", "--whose", " "), "Nobody is named whose track it is."),
        (("add", case, "a.gpx", "--whose", "x", "--camera", "none"), "none is no recording of CR-1."),
        (("add", case, "a.gpx", "--whose", "x", "--column", "lat=Nord"), "a.gpx is no table."),
        (("add", case, "a.srt", "--whose", "x"), "Its times are its own clock’s"),
        (("add", case, "a.srt", "--whose", "x", "--zone", "Nowhere"), "There is no time zone “Nowhere”."),
        (("withdraw", case, "abc"), "CR-1 has no added track abc."),
        (("export", case, "out.shp"), "Tracks are not written as “.shp”."),
    ):
        said = run("tracks", *words, *by("salo"))
        assert said["status"] == 1
        assert said["error"].startswith(says), said


def test_nobody_else_sees_or_adds(case: str, agency: Path, run: Run) -> None:
    (agency / "a.gpx").write_bytes(whole.gpx())
    assert run("tracks", case, *by("falk"))["status"] == 1
    assert run("tracks", "add", case, "a.gpx", "--whose", "x", *by("falk"))["status"] == 1
