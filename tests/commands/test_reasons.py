"""Reasons for viewing on the command line: in the roster, signed by the root, an entry first."""

from __future__ import annotations

from pathlib import Path

from reviewer.commands import reasons
from tests.commands.conftest import ROOT, Run, by
from tests.commands.test_custody import CUSTODY, NEW, WHY

OWN = ("use-of-force-review", "--words", "Use-of-force review")


def test_a_reason_is_offered_said_anew_and_offered_no_more(agency: Path, run: Run) -> None:
    assert run("reason", "list")["reasons"] == []
    added = run("reason", "add", *OWN, "--role", "supervisor", *ROOT)
    assert (added["status"], added["version"]) == (0, 2)
    assert added["reasons"] == [
        {
            "value": "use-of-force-review",
            "words": "Use-of-force review",
            "roles": ["supervisor"],
            "note_needed": False,
        }
    ]
    anew = run("reason", "add", "use-of-force-review", "--words", "Force", "--note-needed", *ROOT)
    assert [(r["words"], r["roles"], r["note_needed"]) for r in anew["reasons"]] == [("Force", [], True)]
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    assert run("reason", "remove", "use-of-force-review", *ROOT)["reasons"] == []
    assert run("log", "verify")["ok"]
    assert reasons.reason_add.__doc__


def test_what_cannot_be_a_reason_is_refused_in_words(agency: Path, run: Run) -> None:
    for value, why in (
        ("Use of force", "“Use of force” cannot stand in the log as a reason."),
        ("complaint", "“complaint” is offered with every case."),
        ("other", "“other” is offered with every case."),
    ):
        refused = run("reason", "add", value, "--words", "Something", *ROOT)
        assert (refused["status"], refused["error"]) == (1, why)
    empty = run("reason", "add", "audit", "--words", " ", *ROOT)
    assert (empty["status"], empty["error"]) == (1, "A reason needs words for the screen.")
    gone = run("reason", "remove", "audit", *ROOT)
    assert (gone["status"], gone["error"]) == (1, "“audit” is not offered.")
