"""One's own work without a window: what was taken goes from the machine, what was set for transfers holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reviewer.commands import own
from reviewer.services.preferences import Limits, limits_of
from reviewer.services.sync import Sync
from reviewer.services.workspace import Workspace
from tests.commands.conftest import CUSTODY, Run, by
from tests.commands.test_custody import NEW, WHY


def _footage(agency: Path) -> list[Path]:
    return [each for each in (agency / "home" / "cache").rglob("*") if each.is_file()]


@pytest.mark.parametrize("word", ["sync", "queue"])
def test_what_was_taken_goes_with_the_next_command(agency: Path, run: Run, word: str) -> None:
    run("assign", *NEW, "--member", "aro:supervisor", *WHY, *by("aro"), *CUSTODY)
    run("queue", *by("aro"))
    came = run("sync", *by("salo"))
    assert (came["status"], came["ended"], bool(_footage(agency))) == (0, [], True)
    run("assign", "take-off", "CR-1", "salo", "--reason", "on leave", *by("aro"))
    gone = run(word, *by("salo"))
    assert (gone["status"], gone["ended"], gone["cases"]) == (0, ["CR-1"], [])
    assert "CR-1 was taken from you by aro" in gone["out"]
    # aro has keys on this machine too, and needs the footage still
    assert _footage(agency)
    run("assign", "take-off", "CR-1", "aro", "--reason", "on leave", *by("hill"), *CUSTODY)
    assert run(word, *by("aro"))["ended"] == ["CR-1"]
    assert _footage(agency) == []
    assert run(word, *by("salo"))["ended"] == []
    assert run("log", "verify")["ok"]


def test_what_ran_out_goes(agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("assign", *NEW, *WHY, "--expires", "2030-01-01T00:00:00Z", *by("aro"), *CUSTODY)
    run("sync", *by("salo"))
    monkeypatch.setattr("reviewer.services.shred.Rights._is_over", lambda _self, a: a.expires is not None)
    gone = run("sync", *by("salo"))
    assert gone["ended"] == ["CR-1"]
    assert "CR-1 was yours until 2030-01-01" in gone["out"]


def test_a_transfer_keeps_to_what_was_set(agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Workspace(agency / "home").user("salo")
    assert limits_of(room) == Limits()
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    run("queue", *by("salo"))
    room.preferences.write_text(json.dumps({"sync_cap_kb": 900, "cache_limit_gb": 2}))
    asked: dict[str, Any] = {}

    def watched(*args: Any, **more: Any) -> Sync:  # noqa: ANN401 - whatever Sync takes
        asked.update(more)
        return Sync(*args, **more)

    monkeypatch.setattr(own, "Sync", watched)
    assert run("sync", *by("salo"))["status"] == 0
    assert (asked["cap"], asked["cache"].limit) == (900_000, 2_000_000_000)
    room.preferences.write_text("[]")
    assert limits_of(room) == Limits()
