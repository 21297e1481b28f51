"""A case without a window: written, moved, shown; refused to whoever may not; colleagues see each other's work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reviewer.commands import case as cases
from tests.commands.conftest import CUSTODY, Run, by

CASE = "CR-2026-0142"


@pytest.fixture
def case(agency: Path, run: Run) -> Run:
    """Assigned to an investigator, a supervisor, and a custodian who reads."""
    members = [w for m in ("salo:investigator", "aro:supervisor", "hill:custodian") for w in ("--member", m)]
    recordings = [w for r in _recordings(agency) for w in ("--recording", r)]
    made = run("assign", "new", CASE, "--title", "Street", "--purpose", "complaint", "--reason", "Complaint",
               *members, *recordings, *by("aro"), *CUSTODY)  # fmt: skip
    assert made["status"] == 0, made
    return run


def _recordings(agency: Path) -> list[str]:
    return sorted(p.name for p in (agency / "store" / "recordings").iterdir())


def _show(run: Run, who: str = "salo") -> dict[str, Any]:
    return run("case", "show", CASE, *by(who))


def test_a_complaint_is_written_and_read_by_a_colleague(case: Run) -> None:
    set_ = case("case", "set", CASE, "number=PSD-7", "received=2026-06-14T11:00:00+03:00", "way=letter", *by("salo"))
    assert set_["status"] == 0
    person = case("case", "person", CASE, "role=subject officer", "name=A. Niemi", "badge=2214", *by("salo"))
    made = case("case", "allegation", CASE, "title=Excessive force", "officer=2214", "policy=force", *by("aro"))
    shown = _show(case, "aro")
    assert shown["complaint"]["received"] == "2026-06-14T08:00:00.000000Z"
    (allegation,) = shown["allegations"]
    assert (allegation["name"], allegation["officer"], allegation["id"]) == ("A1", person["id"], made["id"])
    assert [(d["clock"], d["at"][:10]) for d in shown["dues"]] == [("update", "2026-07-29"), ("year", "2027-06-14")]
    assert "A1  Excessive force" in shown["out"]
    case("case", "withdraw", CASE, "A1", *by("salo"))
    assert _show(case)["allegations"] == []


def test_a_case_is_moved_by_whom_the_table_lets(case: Run) -> None:
    assert case("case", "move", CASE, "investigation", *by("salo"))["state"] == "investigation"
    assert case("case", "move", CASE, "review", *by("salo"))["state"] == "review"
    refused = case("case", "move", CASE, "decided", *by("salo"))
    assert (refused["status"], refused["error"]) == (1, "Only a supervisor moves a case from review to decided.")
    assert refused["next_step"] == "Ask S. Aro."
    case("case", "move", CASE, "investigation", "--reason", "Say what camera 2 heard.", *by("aro"))
    shown = _show(case)
    assert [(m["to"], m["user"], m["counts"]) for m in shown["moves"]][-1] == ("investigation", "aro", True)
    assert case("log", "verify")["ok"]


def test_who_only_reads_writes_nothing_and_who_is_not_on_it_opens_nothing(case: Run) -> None:
    refused = case("case", "set", CASE, "number=1", *by("hill"))
    assert refused["error"] == "You are custodian on this case and read it only."
    assert _show(case, "hill")["status"] == 0
    stranger = _show(case, "falk")
    assert stranger["status"] == 1
    assert "not" in stranger["error"]
    assert cases.case_show.__doc__


def test_history_says_who_did_what_and_what_was_overwritten(case: Run) -> None:
    case("case", "set", CASE, "number=1", *by("salo"))
    case("case", "set", CASE, "number=2", *by("aro"))
    done = case("case", "history", CASE, *by("salo"))["done"]
    assert [(d["user"], d["did"]) for d in done[:2]] == [("aro", "Complaint written"), ("salo", "Complaint written")]
    assert done[0]["overwrote"] == []
    assert "“2” (was “1”)" in done[0]["what"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", CASE, "colour=red"), "There is no field “colour”."),
        (("set", CASE, "received=yesterday"), "“yesterday” is no time with its offset."),
        (("allegation", CASE, "text=only"), "A new one needs a title."),
        (("allegation", CASE, f"title={'x' * 10_000}"), "The title has 10,000 characters."),
        (("person", CASE, "role=judge", "name=B"), "“judge” is no role."),
        (("allegation", CASE, "title=T", "officer=9999"), "Nothing is called “9999” on this case."),
        (("withdraw", CASE, "A9"), "Nothing is called “A9” on this case."),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(case: Run, words: tuple[str, ...], said: str) -> None:
    refused = case("case", *words, *by("salo"))
    assert (refused["status"], refused["error"]) == (1, said)
    assert refused["next_step"]
    assert "Traceback" not in refused["err"]
