"""Witnesses on the command line: a key, the roster, a job that needs only the store, the root key and its folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer.commands import witness
from reviewer.services.documents import Problem
from reviewer.services.witness import Refusal, Round
from tests.commands.conftest import ROOT, Run, by
from tests.commands.test_custody import CUSTODY, NEW, WHY
from tests.services.agency import NOW


def test_a_witness_from_its_key_to_its_word(agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("witness", "list")["witnesses"] == []
    made = run("witness", "new-key", "records-01", "--folder", "records-01")
    assert (made["status"], made["name"]) == (0, "records-01")
    assert made["vkey"] in made["out"]
    root = run("setup", "--root", _root(agency), "--store", agency / "store", "--station", "ws-1")
    assert root["witness"].startswith("ws-1+")  # a workstation has its own from the start

    added = run("witness", "add", made["vkey"], *ROOT)
    assert (added["status"], added["quorum"], added["stop_hours"]) == (0, 1, 72)
    assert run("witness", "add", root["witness"], *ROOT)["witnesses"][1]["station"] == "ws-1"
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    unseen = run("log", "verify")
    assert not unseen["ok"] and "are demanded" in unseen["err"]

    job = ("--folder", "records-01", "--store", agency / "store", "--root", _root(agency))
    monkeypatch.setenv("REVIEWER_HOME", str(agency / "a machine without a workspace"))
    ran = run("witness", "run", "--once", *job)
    assert (ran["status"], ran["named"], ran["refused"]) == (0, True, [])
    assert len(ran["cosigned"]) == ran["logs"] > 1
    assert not (agency / "a machine without a workspace").exists()
    monkeypatch.setenv("REVIEWER_HOME", str(agency / "home"))
    assert run("log", "verify")["ok"]
    state = run("witness", "state")["logs"]
    assert all(log["size"] and [s["name"] for s in log["seen"]] == ["records-01"] for log in state)
    assert all(log["of"] == 1 for log in state)  # ws-1's own word does not count for what is written there


def test_policy_and_leaving(agency: Path, run: Run) -> None:
    vkey = run("witness", "new-key", "records-01", "--folder", "w")["vkey"]
    run("witness", "add", vkey, *ROOT)
    changed = run("witness", "policy", "--warn-hours", "12", "--stop-hours", "0", *ROOT)
    assert (changed["warn_hours"], changed["stop_hours"]) == (12, 0)
    assert "stops opening views never" in changed["out"]
    refused = run("witness", "policy", "--quorum", "2", *ROOT)
    assert (refused["status"], refused["error"]) == (1, "The logs of ws-1 could never have that quorum of 2.")
    stranger = run("witness", "new-key", "stranger", "--folder", "s")
    assert stranger["status"] == 0
    ran = run("witness", "run", "--once", "--folder", "s")
    assert not ran["named"] and "nobody counts it" in ran["out"]
    gone = run("witness", "remove", "records-01", *ROOT)
    assert (gone["witnesses"], gone["quorum"]) == ([], 0)
    assert run("log", "verify")["ok"]


def test_a_log_that_was_taken_back_is_said_with_status_1(agency: Path, run: Run) -> None:
    run("witness", "add", run("witness", "new-key", "records-01", "--folder", "w")["vkey"], *ROOT)
    log = next((agency / "store" / "logs").rglob("checkpoint"))
    before = log.read_bytes()
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    vkey = run("witness", "new-key", "records-02", "--folder", "x")["vkey"]
    run("witness", "add", vkey, *ROOT)  # one entry more in the station's log
    assert run("witness", "run", "--once", "--folder", "w")["status"] == 0
    log.write_bytes(before)
    ran = run("witness", "run", "--once", "--folder", "w")
    assert (ran["status"], [r["kind"] for r in ran["refused"]]) == (1, ["ROLLBACK"])
    assert "Both checkpoints are kept in witness/records-01/refused/" in ran["err"]
    assert (agency / "store" / ran["refused"][0]["path"]).is_file()


def test_a_service_tells_each_thing_once() -> None:
    told = Refusal("a/ws/salo/access/1", "FORK", "FORK: it is another.", 6, 4, "witness/w/refused/x.json", new=True)
    known = Refusal("a/ws/aro/access/1", "FORK", "FORK: known.", 6, 4, "witness/w/refused/y.json", new=False)
    trouble = Problem("logs/a/ws/hill/access/1", "tile/0/000 is missing.", "Tell the custodian.")
    assert witness.news(Round(NOW, 3, ("a/ws/falk/access/1",), (told, known), (trouble,))) == [
        "2026-06-13T20:00:00.000000Z cosigned a/ws/falk/access/1",
        "2026-06-13T20:00:00.000000Z FORK: it is another. Kept in witness/w/refused/x.json.",
        "logs/a/ws/hill/access/1: tile/0/000 is missing. Tell the custodian.",
    ]
    assert witness.news(Round(NOW)) == []


def _root(agency: Path) -> str:
    return str(json.loads((agency / "home" / "workstation.json").read_text())["root"])
