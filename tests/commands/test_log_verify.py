"""`reviewer log verify` and `reviewer log keys`, as an auditor uses them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reviewer.audit.bundle import bundle, disclose
from reviewer.audit.note import Verifier
from reviewer.audit.published import PublishedLog
from reviewer.services.logseen import SeenCheckpoints
from tests.audit.tampering import ACCESS, KEY, WITNESSES, WORK, World, ask, main, small_world

SEEN = "logs-seen.json"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path / "home"))
    return small_world(tmp_path)


def _run(*words: object) -> tuple[int, dict[str, object], str]:
    status, text = ask(main, [*words, "--json"])
    return status, json.loads(text.splitlines()[-1]), text


def test_an_outside_verifier_is_told_exactly_what_it_needs(world: World) -> None:
    status, said, _ = _run("log", "keys")
    assert status == 0 and set(said) - {"ok"} == {"logs", "witnesses", "quorum"}  # every command says "ok"
    assert said["quorum"] == 2
    assert said["witnesses"] == [{"name": w.verifier.name, "vkey": w.vkey} for w in WITNESSES]
    logs = said["logs"]
    assert isinstance(logs, list)
    assert [(each["origin"], each["dir"], each["cosigned"]) for each in logs] == [
        (ACCESS, f"logs/{ACCESS}", True),
        (WORK, f"logs/{WORK}", True),
    ]
    assert all(set(each) == {"origin", "vkey", "dir", "cosigned"} for each in logs)


def test_a_second_look_compares_with_the_first(world: World, tmp_path: Path) -> None:
    status, _, text = _run("log", "verify")
    assert status == 0 and "the newest cosignature is" in text
    seen = SeenCheckpoints(tmp_path / "home")
    assert set(seen.notes()) == {ACCESS, WORK}
    # what no witness has seen is written anew and signed with the real key: nobody could tell but who looked before
    entries = world.entries()
    entries[550] = entries[550].replace(b'"lamport":', b'"lamport":1')
    world.resign(entries, (200, 520))
    status, _, text = _run("log", "verify")
    assert status == 1 and "FORK" in text
    assert seen.notes()[WORK] != world.read("checkpoint")  # a bad one is not kept


def test_a_log_that_was_taken_away_is_missed(world: World) -> None:
    assert _run("log", "verify")[0] == 0
    shutil.rmtree(world.log)
    status, _, text = _run("log", "verify")
    assert status == 1 and "it is not there now" in text


def test_without_a_workspace_nothing_is_kept(world: World, tmp_path: Path) -> None:
    assert _run("log", "verify", "--root", world.root, "--store", world.folder)[0] == 0
    assert not (tmp_path / "home" / SEEN).exists()


def test_what_was_kept_must_not_be_lost_silently(world: World, tmp_path: Path) -> None:
    (tmp_path / "home" / SEEN).write_text("half a fi")
    status, text = ask(main, ["log", "verify"])
    assert status == 1 and "damaged" in text


def test_an_export_is_judged_by_the_rosters_keys(world: World, tmp_path: Path) -> None:
    verifier = Verifier(WORK, KEY.public_key().public_bytes_raw())
    log = PublishedLog(lambda path: world.read(path) if (world.log / path).is_file() else None, verifier)
    notes = [world.witness(w.verifier.name).read_bytes() for w in WITNESSES]
    known = [(w.verifier.name, w.vkey) for w in WITNESSES]
    made = bundle([disclose(log, [3, 519], {}, cosigned=notes)], made_at=1, quorum=2, witnesses=known)
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(made))
    assert _run("log", "verify", "--bundle", path)[0] == 0
    for spoilt in (made | {"logs": made["logs"] * 2}, made | {"logs": []}, [], made | {"logs": [7]}):
        path.write_text(json.dumps(spoilt))
        assert _run("log", "verify", "--bundle", path)[0] == 1
    path.write_text("nothing")
    assert ask(main, ["log", "verify", "--bundle", path])[0] == 1
