"""The headless doors, as a custodian and an investigator use them: from nothing to footage on the machine."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.services.workspace import Workspace
from tests.services.agency import flip
from tests.services.test_ingest import docked, video

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for who in ("root", "custody", "salo", "aro"):
        (tmp_path / f"{who}.txt").write_text(f"secret of {who}\n")
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with --json: its object, with `status`, `out` and `err` beside."""

    def running(*words: object) -> dict[str, Any]:
        capsys.readouterr()
        status = main([str(w) for w in words] + ["--json"])
        said = capsys.readouterr()
        return {**json.loads(said.out.splitlines()[-1]), "status": status, "out": said.out, "err": said.err}

    return running


@pytest.fixture
def agency(here: Path, run: Run) -> Path:
    """A store with two people, this machine as its station."""
    for who in ("salo", "aro"):
        assert run("key", "new", who, "--passphrase-file", f"{who}.txt")["status"] == 0
    people = [
        {"id": "salo", "name": "K. Salo", "badge": "0417", "roles": ["investigator"], "key": "home/keys/salo.json"},
        {"id": "aro", "name": "S. Aro", "badge": "0102", "roles": ["supervisor"], "key": "home/keys/aro.json"},
    ]
    (here / "people.json").write_text(json.dumps(people))
    words = ("--agency", "helsinki.example", "--title", "Helsinki Example Police", "--people", "people.json")
    keys = ("--root-key", "root.json", "--passphrase-file", "root.txt")
    custody = ("--custody-key", "custody.json", "--custody-passphrase-file", "custody.txt")
    made = run("store", "init", here / "store", *words, *keys, *custody)
    assert (made["status"], made["users"], made["version"]) == (0, ["salo", "aro"], 1)
    return here


ASSIGN = ("assign", "CR-1", "--title", "A street", "--incident", "INC-77", "--member", "salo:investigator")
BY_ARO = ("--purpose", "complaint", "--reason", "complaint", "--user", "aro", "--passphrase-file", "aro.txt")
CUSTODY = ("--custody-key", "custody.json", "--custody-passphrase-file", "custody.txt")
SALO = ("--user", "0417", "--passphrase-file", "salo.txt")


def test_from_nothing_to_footage_on_the_machine_and_a_verified_log(agency: Path, run: Run) -> None:
    docked(agency / "card")
    taken = run("ingest", agency / "card")
    assert (taken["status"], len(taken["recordings"]), taken["refused"]) == (0, 2, [])
    assert any(n["about"] == "clock" for n in taken["notes"])
    again = run("ingest", agency / "card")
    assert (again["status"], again["recordings"], again["known"]) == (0, [], taken["recordings"])
    assigned = run(*ASSIGN, *BY_ARO, *CUSTODY)
    assert (assigned["status"], sorted(assigned["recordings"])) == (0, sorted(taken["recordings"]))
    (before,) = run("queue", *SALO)["cases"]
    assert (before["case"], before["here"], before["next_step"]) == ("CR-1", 0, "Fetch")
    synced = run("sync", *SALO)
    assert (synced["status"], synced["cases"][0]["fetched"], synced["cases"][0]["complete"]) == (0, 4, True)
    (after,) = run("queue", *SALO)["cases"]
    assert (after["here"], after["integrity"], after["next_step"]) == (1, "1 of 1 verified", "Review")
    checked = run("log", "verify")
    assert (checked["status"], checked["ok"]) == (0, True)
    assert {log["origin"].split("/")[2] for log in checked["logs"]} == {"aro", "salo", "station"}


def test_a_log_is_verified_from_public_keys_alone_and_a_flipped_byte_is_said(
    agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("queue", *SALO)
    root = Workspace(agency / "home").setup().root
    monkeypatch.setenv("REVIEWER_HOME", str(agency / "nothing"))
    words = ("log", "verify", "--store", agency / "store", "--root", root)
    assert run(*words)["ok"]
    assert not (agency / "nothing").exists()
    assert len(run("log", "keys", "--store", agency / "store", "--root", root)["logs"]) == 1
    entries = next(p for p in (agency / "store" / "logs").rglob("tile/entries/*") if p.is_file() or p.suffix == ".p")
    file = entries if entries.is_file() else next(entries.iterdir())
    flip(file, 20)
    bad = run(*words)
    assert (bad["status"], bad["ok"]) == (1, False)
    assert "not whole" in bad["out"]


def test_a_plan_says_all_of_it_and_writes_nothing(agency: Path, run: Run) -> None:
    docked(agency / "card")
    (agency / "card" / "text.mp4").write_text("not footage")
    planned = run("ingest", "--plan", "--incident", "INC-9", "--badge", "0417", agency / "card")
    assert planned["status"] == 1
    assert [p["message"] for p in planned["refused"]] == ["text.mp4 is not a recording this program can read."]
    (one,) = planned["recordings"]
    assert (one["badge"], one["incidents"], one["will_be_written"]) == ("0417", ["INC-9"], True)
    assert [Path(p["file"]).name for p in one["parts"]] == ["N1.mp4", "N2.mp4"]
    assert (one["start"], one["clock"]["source"]) == ("2026-06-13T19:39:40.000000Z", "manifest")
    assert {n["kind"] for n in one["notes"]} == {"found"}
    assert "1 of 1 recordings would be taken in" in planned["out"]
    assert not list((agency / "store").glob("recordings/*"))
    assert not list((agency / "store").glob("objects/*"))


def test_one_bad_file_is_one_sentence_and_the_rest_is_taken_in(agency: Path, run: Run) -> None:
    video(agency / "card" / "good.mp4")
    (agency / "card" / "text.mp4").write_text("not footage")
    said = run("ingest", agency / "card")
    assert (said["status"], len(said["recordings"])) == (1, 1)
    assert said["err"].count("\n") == 1
    assert "text.mp4 is not a recording" in said["err"]


def test_a_flipped_object_is_named_and_the_rest_comes(agency: Path, run: Run) -> None:
    docked(agency / "card")
    run("ingest", agency / "card")
    run(*ASSIGN, *BY_ARO, *CUSTODY)
    flip(max((agency / "store" / "objects").rglob("*"), key=lambda p: p.stat().st_size if p.is_file() else 0))
    said = run("sync", "CR-1", *SALO)
    assert (said["status"], said["cases"][0]["fetched"], said["cases"][0]["complete"]) == (1, 3, False)
    assert "does not match its signed manifest. Fetch again." in said["err"]
    assert run("queue", *SALO)["cases"][0]["integrity"] == "1 of 1 corrupt"


REFUSALS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("queue", "--user", "salo", "--passphrase-file", "aro.txt"), "does not open the key"),
    (("queue", "--user", "koskinen", "--passphrase-file", "aro.txt"), "Nobody in the roster"),
    (("queue", "--user", "salo", "--passphrase-file", "nothing.txt"), "cannot be read"),
    (("sync", "CR-9", *SALO), "The store has no assignments/CR-9"),
    (("ingest", "card", "--station", "ws-9"), "does not name this machine"),
    (("key", "new", "salo", "--passphrase-file", "salo.txt"), "is there already"),
    (("log", "verify", "--root", "nonsense"), "no verifier key"),
    ((*ASSIGN, *BY_ARO, *CUSTODY), "No recording was named"),
    (("setup", "--root", "x", "--store", "store", "--station", "ws-2"), "no verifier key"),
)


def test_a_refusal_is_one_sentence_and_the_next_step(agency: Path, run: Run) -> None:
    for words, sentence in REFUSALS:
        said = run(*words)
        assert (said["status"], said["ok"]) == (1, False), words
        assert sentence in said["error"]
        assert said["next_step"]
        assert said["err"] == f"{said['error']} {said['next_step']}\n"


def test_a_machine_that_is_not_set_up_says_so(here: Path, run: Run) -> None:
    assert "not set up" in run("ingest", here)["error"]


def test_the_roster_takes_more_people_and_machines(agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Workspace(agency / "home").setup().root
    monkeypatch.setenv("REVIEWER_HOME", str(agency / "second"))
    made = run("setup", "--root", root, "--store", agency / "store", "--station", "ws-2")
    lind = run("key", "new", "lind", "--passphrase-file", "salo.txt")
    assert "not name" in run("queue", "--user", "lind", "--passphrase-file", "salo.txt")["error"]
    entry = {
        **{k: lind[k] for k in ("id", "signing", "sealing")},
        "name": "M. Lind",
        "badge": "1",
        "roles": ["auditor"],
    }
    (agency / "more.json").write_text(json.dumps([entry]))
    monkeypatch.setenv("REVIEWER_HOME", str(agency / "home"))
    key = ("--root-key", "root.json", "--passphrase-file", "root.txt")
    assert run("roster", "add", "--people", "more.json", "--station", f"ws-2={made['public']}", *key)["version"] == 2
    monkeypatch.setenv("REVIEWER_HOME", str(agency / "second"))
    assert run("queue", "--user", "lind", "--passphrase-file", "salo.txt")["cases"] == []


def test_a_people_file_that_is_wrong_is_said(agency: Path, run: Run) -> None:
    for content in ("", "{}", "[1]", '[{"id":"x"}]', '[{"id":"x","name":"","badge":"","roles":["chief"]}]'):
        (agency / "bad.json").write_text(content)
        said = run("roster", "add", "--people", "bad.json", "--root-key", "root.json", "--passphrase-file", "root.txt")
        assert said["status"] == 1
        assert "bad.json" in said["error"]


@pytest.mark.parametrize(
    "words", [["nonsense"], ["ingest"], ["assign", "x", "--member", "salo"], ["demo", "make", "d", "--cameras", "four"]]
)
def test_a_wrong_command_line_is_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_passphrase_comes_from_stdin_or_is_asked_for(agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("secret of salo\n"))
    assert run("queue", "--user", "salo", "--passphrase-file", "-")["status"] == 0
    monkeypatch.setattr("getpass.getpass", lambda _: "secret of salo")
    assert run("queue", "--user", "salo")["status"] == 0


def test_without_a_screen_it_says_so() -> None:
    bare = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    command = [sys.executable, "-m", "reviewer.cli", "app"]
    ended = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=60, check=False)
    if sys.platform == "linux":
        assert (ended.returncode, ended.stderr.strip()) == (
            1,
            "There is no screen here. Start it on a desktop, or run “installer/run --check”.",
        )
