"""Custody on the command line: who is given what, by whom, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.commands import custody as commands
from reviewer.domain.codec import encode
from reviewer.domain.recording import closed
from reviewer.sealing import envelope, keyring
from reviewer.services import custody
from reviewer.services.details import seal_manifest
from reviewer.services.ingest import this_station
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from tests.commands.conftest import CUSTODY, Run, by

NEW = ("CR-1", "--title", "A street", "--incident", "INC-77", "--member", "salo:investigator")
WHY = ("--purpose", "complaint", "--reason", "complaint of a neighbour")


def _trust(agency: Path) -> Trust:
    workspace = Workspace(agency / "home")
    return Trust(locate(workspace.store_location()), workspace.setup().root, workspace)


def _restrict(agency: Path) -> str:
    """The next manifest of the footage says that it is restricted, as its station would sign it."""
    trust, station = _trust(agency), this_station(Workspace(agency / "home"))
    held = custody.CustodyGrants(trust, keyring.unlock(agency / "custody.json", "secret of custody"))
    first = next(m for m in trust.manifests().good if m.tracks)
    whole = replace(held.manifest(first), n=2, restricted="an informant is seen")
    sealed = closed(seal_manifest(whole, held.data_key(first.recording_id)))
    data = envelope.sign("manifest", encode(sealed), station.id, station.key)
    trust.store.put_if_absent(f"recordings/{first.recording_id}/2.json", data)
    return first.recording_id


def test_assign_alone_means_a_new_assignment(agency: Path, run: Run) -> None:
    usual = run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    assert (usual["status"], usual["n"], usual["waits"]) == (0, 1, False)
    spelled = run("assign", "new", *NEW, *WHY, *by("aro"), *CUSTODY)
    assert (spelled["status"], spelled["n"]) == (0, 2)
    assert commands.assign_new.__doc__


def test_taking_off_and_handing_over(agency: Path, run: Run) -> None:
    run("assign", *NEW, "--member", "aro:supervisor", *WHY, *by("aro"), *CUSTODY)
    off = run("assign", "take-off", "CR-1", "salo", "--reason", "on leave", *by("aro"))
    assert (off["status"], off["members"], len(off["had"]), off["waits"]) == (0, ["aro"], 2, None)
    assert "they may have kept" in off["out"]
    assert run("queue", *by("salo"))["cases"] == []
    over = run("assign", "hand-over", "CR-1", "aro", "hill", "--reason", "new unit", *by("aro"))
    assert over["status"] == 1
    assert over["err"] == "P. Hill is not supervisor in the roster. Choose a role the roster gives.\n"
    listed = run("assign", "list", *by("aro"))
    (case,) = listed["cases"]
    assert (case["title"], case["members"], case["signed_by"]) == ("A street", {"aro": "supervisor"}, ["aro"])
    (bare,) = run("assign", "list", *by("falk"))["cases"]
    assert bare["title"] == "CR-1"  # an id is all that stands open
    assert run("log", "verify")["ok"]


def test_a_restricted_recording_waits_for_the_second_person(agency: Path, run: Run) -> None:
    restricted = _restrict(agency)
    waits = run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    assert (waits["status"], waits["waits"], waits["n"]) == (0, True, 1)
    assert "assign countersign CR-1 1" in waits["out"]
    assert run("queue", *by("salo"))["cases"] == []
    seen = run("assign", "list", *by("hill"))["waiting"]
    assert [(w["case"], w["title"], sorted(w["members"])) for w in seen] == [("CR-1", "A street", ["salo"])]
    own = run("assign", "countersign", "CR-1", 1, *by("aro"))
    assert (own["status"], "another person’s" in own["err"]) == (1, True)
    signed = run("assign", "countersign", "CR-1", 1, *by("hill"))
    assert (signed["status"], signed["members"]) == (0, ["salo"])
    assert run("assign", "list", *by("hill"))["cases"][0]["signed_by"] == ["aro", "hill"]
    (case,) = run("queue", *by("salo"))["cases"]
    assert restricted in case["recordings"]
    assert case["problems"] == []


def test_two_at_one_desk_sign_at_once(agency: Path, run: Run) -> None:
    _restrict(agency)
    second = ("--second", "hill", "--second-passphrase-file", "hill.txt")
    made = run("assign", *NEW, *WHY, *by("aro"), *CUSTODY, *second)
    assert (made["status"], made["waits"]) == (0, False)
    wrong = run("assign", *NEW, *WHY, *by("aro"), *CUSTODY, "--second", "hill", "--second-passphrase-file", "aro.txt")
    assert (wrong["status"], "does not open the key" in wrong["err"]) == (1, True)


def test_training_sees_what_was_released(agency: Path, run: Run) -> None:
    first, still = sorted(m.recording_id for m in _trust(agency).manifests().good)
    words = ("TR-1", "--title", "Calm", "--recording", first, "--recording", still, "--member", "falk:training")
    why = ("--purpose", "training", "--reason", "a lesson")
    refused = run("assign", *words, *why, *by("aro"), *CUSTODY)
    assert (refused["status"], "is not released for training" in refused["err"]) == (1, True)
    freed = run("release-for-training", first, still, "--reason", "a calm word", *by("hill"))
    assert (freed["status"], freed["recordings"]) == (0, [first, still])
    assert run("assign", *words, *why, *by("aro"), *CUSTODY)["status"] == 0
    (case,) = run("queue", *by("falk"))["cases"]
    assert (case["title"], case["problems"]) == ("Calm", [])
    run("release-for-training", first, still, "--withdraw", "--reason", "asked to", *by("hill"))
    (case,) = run("queue", *by("falk"))["cases"]
    assert {p["path"] for p in case["problems"]} == {first, still}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("take-off", "CR-9", "salo", "--reason", "x"), "The store has no assignments/CR-9."),
        (("countersign", "CR-1", "4"), "Nothing of CR-1 waits as number 4."),
        (("hand-over", "CR-1", "salo", "nobody", "--reason", "x", *CUSTODY), "The roster has no user nobody."),
        (("take-off", "CR-1", "falk", "--reason", "x", *CUSTODY), "falk is not on CR-1."),
        (("take-off", "CR-1", "salo", "--reason", "x"), "No key here opens CR-1."),
    ],
)
def test_a_refusal_is_one_sentence_and_a_next_step(agency: Path, run: Run, words: tuple[str, ...], said: str) -> None:
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    refused = run("assign", *words, *by("hill"))
    assert (refused["status"], refused["error"]) == (1, said)
    assert refused["next_step"]
    assert refused["err"].count("\n") == 1
