"""The board without a window: exhibits of two people, what is watched, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import CUSTODY, Run, by

CASE = "CR-2026-0142"


@pytest.fixture
def case(agency: Path, run: Run) -> Run:
    """Assigned to an investigator and a supervisor, with one allegation."""
    recordings = [w for r in _recordings(agency) for w in ("--recording", r)]
    members = [w for m in ("salo:investigator", "aro:supervisor") for w in ("--member", m)]
    made = run("assign", "new", CASE, "--title", "Street", "--purpose", "complaint", "--reason", "Complaint",
               *members, *recordings, *by("aro"), *CUSTODY)  # fmt: skip
    assert made["status"] == 0, made
    assert run("case", "allegation", CASE, "title=Excessive force", *by("salo"))["status"] == 0
    return run


def _recordings(folder: Path) -> list[str]:
    return sorted(p.name for p in (folder / "store" / "recordings").iterdir())


def test_exhibits_of_two_people_stand_on_one_board(case: Run, agency: Path) -> None:
    on = ("--recording", _recordings(agency)[0], "--from", "2026-06-13T19:42:00Z", "--text", "Arm behind back")
    made = case("board", "add", CASE, "A1", "--stance", "for", *on, *by("salo"))
    assert (made["status"], made["name"]) == (0, "E1")
    silent = case("board", "add", CASE, "A1", "--stance", "silent", *on[:2], *by("aro"))
    assert silent["name"] == "E2"
    shown = case("board", "show", CASE, *by("aro"))
    (row,) = shown["allegations"]
    assert [(e["name"], e["stance"]) for e in row["exhibits"]] == [("E1", "for"), ("E2", "silent")]
    assert row["exhibits"][0]["where"].startswith("2026-06-13T19:42:00.000000Z ")
    assert "A1  Excessive force: 1 for · 0 against" in shown["out"]
    assert case("board", "withdraw", CASE, "E2", *by("salo"))["status"] == 0
    (row,) = case("board", "show", CASE, *by("aro"))["allegations"]
    assert [e["name"] for e in row["exhibits"]] == ["E1"]
    assert case("log", "verify")["ok"]


def test_what_nobody_watched_is_said(case: Run) -> None:
    shown = case("board", "show", CASE, *by("salo"))
    (row,) = shown["allegations"]
    assert not row["met"]
    assert row["gate"]["left"] == row["gate"]["required"] > 0
    assert row["gate"]["basis"] == "all"
    assert "was not watched at 2× or slower." in shown["out"]
    assert "A1: no time is alleged, so all footage of the case counts." in shown["out"]


def test_what_rests_on_nothing_is_refused_in_one_sentence(case: Run) -> None:
    for words, said in (
        (("A1",), "An exhibit rests on something."),
        (("A9", "--recording", "r"), "There is no allegation A9."),
        (("A1", "--mark", "m"), f"{CASE} has no mark m."),
        (("A1", "--document", "d"), f"{CASE} has no document d."),
    ):
        refused = case("board", "add", CASE, *words, *by("salo"))
        assert (refused["status"], refused["error"]) == (1, said)
    assert case("board", "withdraw", CASE, "E1", *by("salo"))["error"] == "There is no exhibit E1."
    assert case("board", "show", CASE, *by("falk"))["status"] == 1
