"""`reviewer store check | info | retain | hold` as a custodian uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reviewer.services.workspace import Workspace
from reviewer.stores.base import Protection
from tests import test_cli
from tests.services.agency import flip
from tests.services.store_room import LockedStore
from tests.services.test_ingest import docked
from tests.test_cli import Run

here, run, agency = test_cli.here, test_cli.run, test_cli.agency  # the fixtures of the other commands
HILL = ("--user", "hill", "--passphrase-file", "salo.txt")
SALO = ("--user", "salo", "--passphrase-file", "salo.txt")


@pytest.fixture
def store(agency: Path, run: Run) -> Path:
    """A store with footage in it, and a custodian."""
    hill = run("key", "new", "hill", "--passphrase-file", "salo.txt")
    entry = {k: hill[k] for k in ("id", "signing", "sealing")}
    people = [{**entry, "name": "P. Hill", "badge": "0033", "roles": ["custodian"]}]
    (agency / "more.json").write_text(json.dumps(people))
    root = ("--root-key", "root.json", "--passphrase-file", "root.txt")
    assert run("roster", "add", "--people", "more.json", *root)["status"] == 0
    docked(agency / "card")
    assert run("ingest", agency / "card")["status"] == 0
    assert run("queue", *SALO)["status"] == 0  # a log
    return agency / "store"


def largest(store: Path) -> Path:
    return max((p for p in (store / "objects").rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)


def test_a_whole_store_a_flipped_byte_and_the_signed_report(store: Path, run: Run) -> None:
    good = run("store", "check", "--deep")
    assert (good["status"], good["ok"], good["deep"]) == (0, True, True)
    assert good["figures"]["hashed"] == good["figures"]["objects"] > 0
    assert "Nothing is broken in the store of helsinki.example." in good["out"]
    assert "tamper-evident, not write-once" in good["out"]
    flip(largest(store))
    assert run("store", "check")["status"] == 0
    bad = run("store", "check", "--deep", "--report", "report.json", "--sign", *HILL)
    assert (bad["status"], bad["figures"]["broken"]) == (1, 1)
    assert "does not match its signed manifest" in bad["err"]
    verified = run("store", "check", "--verify-report", "report.json")
    assert verified["status"] == 0, verified
    assert (verified["status"], verified["signed_by"], verified["figures"]) == (0, "hill", bad["figures"])
    assert "Signed by hill, who is a custodian in the roster" in verified["out"]


def test_a_report_is_verified_from_public_keys_alone(
    store: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    assert run("store", "check", "--sign", "--report", "report.json", *HILL)["status"] == 0
    root = Workspace(tmp_path / "home").setup().root
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path / "nothing"))
    words = ("store", "check", "--verify-report", "report.json", "--store", store, "--root", root)
    assert run(*words)["status"] == 0
    assert run("store", "check", "--store", store, "--root", root)["status"] == 0
    assert not (tmp_path / "nothing").exists()
    document = json.loads((tmp_path / "report.json").read_text())
    letter = document["payload"][80]
    document["payload"] = document["payload"][:80] + ("B" if letter == "A" else "A") + document["payload"][81:]
    (tmp_path / "report.json").write_text(json.dumps(document))
    assert "whom the roster does not name for it" in run(*words)["error"]


def test_the_last_report_is_signed_without_checking_again(store: Path, run: Run, tmp_path: Path) -> None:
    assert "No such check has ended" in run("store", "check", "--last")["error"]
    run("store", "check")
    flip(largest(store))
    said = run("store", "check", "--last", "--sign", "--report", "a.txt", *HILL)
    assert said["status"] == 0
    assert (tmp_path / "a.txt").read_text().startswith("Nothing is broken")
    info = run("store", "info")
    assert (info["write_once"], info["integrity"]) == (False, "tamper-evident, not write-once")
    assert info["last_check"]["deep"] is False
    assert "tamper-evident, not write-once" in info["out"]


def test_only_a_custodian_signs_retains_and_holds(store: Path, run: Run) -> None:
    assert "Only a custodian" in run("store", "check", "--sign", *SALO)["error"]
    assert "--user" in run("store", "check", "--sign")["next_step"]
    recording = next((store / "recordings").iterdir()).name
    refused = run("store", "retain", "--recording", recording, "--until", "2036-01-01", *SALO)
    assert refused["error"] == "K. Salo may not change how things are kept."
    assert "Name one thing" in run("store", "hold", "on", *HILL)["error"]


def test_a_folder_keeps_nothing_and_says_so(store: Path, run: Run) -> None:
    recording = next((store / "recordings").iterdir()).name
    said = run("store", "hold", "--recording", recording, "on", *HILL)
    assert said["error"].startswith("A folder cannot keep ")
    assert said["next_step"] == "Use a bucket with Object Lock for what has to be kept."
    assert "no day like" in _usage(run, "store", "retain", "roster/1.json", "--until", "tomorrow", *HILL)


def _usage(run: Run, *words: object) -> str:
    with pytest.raises(SystemExit) as ended:
        run(*words)
    assert ended.value.code == 2
    return "no day like"


def test_where_a_store_can_a_recording_is_kept_and_the_log_says_so(
    store: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = LockedStore(store)
    kept.until = None
    monkeypatch.setattr("reviewer.commands.base.locate", lambda _: kept)
    recording = next(p.name for p in (store / "recordings").iterdir())
    done: dict[str, Any] = run("store", "retain", "--recording", recording, "--until", "2036-01-01", *HILL)
    assert done["status"] == 0, done
    assert {o["until"] for o in done["objects"]} == {"2036-01-01T00:00:00.000000Z"}
    assert "are kept until 2036-01-01" in done["out"]
    held = run("store", "hold", "--recording", recording, "on", *HILL)
    assert {o["hold"] for o in held["objects"]} == {True}
    one = next(iter(kept.locks))
    off = run("store", "hold", one, "off", *HILL)
    assert [o["path"] for o in off["objects"]] == [one]
    assert isinstance(kept.locks[one], Protection) and not kept.locks[one].hold
