"""Looking for recordings on the command line, as the custodian's screen does."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.commands import find
from tests.commands.conftest import CUSTODY, Run, by
from tests.commands.test_custody import NEW, WHY

PLACE = "60.17,24.94"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ((), 2),
        (("--incident", "inc-77"), 2),
        (("--incident", "INC-78"), 0),
        (("--officer", "niemi"), 2),
        (("--officer", "laine"), 0),
        (("--since", "2026-06-13T19:00:00Z", "--until", "2026-06-13T20:00:00Z"), 2),
        (("--since", "2026-06-13T20:00:00Z"), 0),
        (("--until", "2026-06-13T19:00:00Z"), 0),
        (("--near", PLACE), 1),
        (("--near", "61.5,23.8,500"), 0),
        (("--unassigned",), 2),
        (("--case", "CR-1"), 0),
        (("--released",), 0),
        (("body", "niemi"), 2),
        (("body", "laine"), 0),
    ],
)
def test_each_way_of_looking(agency: Path, run: Run, words: tuple[str, ...], count: int) -> None:
    found = run("find", *words, *by("hill"), *CUSTODY)
    assert (found["status"], len(found["recordings"])) == (0, count), found["out"]


def test_what_the_keys_do_not_open_is_not_found_by_name(agency: Path, run: Run) -> None:
    shut = run("find", "--officer", "niemi", *by("aro"))
    assert (shut["recordings"], "--custody-key" in shut["out"]) == ([], True)
    run("assign", *NEW, "--member", "aro:supervisor", *WHY, *by("aro"), *CUSTODY)
    run(
        "release-for-training",
        shut_id := run("find", *by("aro"))["recordings"][0]["recording"],
        "--reason",
        "x",
        *by("aro"),
    )
    mine = run("find", "--officer", "niemi", "--case", "CR-1", *by("aro"))["recordings"]
    assert [(r["cases"], r["released"]) for r in mine] == [(["CR-1"], r["recording"] == shut_id) for r in mine]
    assert len(mine) == 2
    assert find.do_find.__doc__


def test_only_who_may_assign_looks(agency: Path, run: Run) -> None:
    refused = run("find", *by("salo"))
    assert (refused["status"], refused["error"]) == (1, "K. Salo may not look through all recordings.")


@pytest.mark.parametrize("words", [("--near", "here"), ("--near", "95,0"), ("--near", "1,2,3,4"), ("--since", "noon")])
def test_what_is_no_place_or_time_is_a_wrong_command_line(
    agency: Path, run: Run, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run("find", *words, *by("hill"))
    assert "write it like" in capsys.readouterr().err
