"""`reviewer log follow`: other people's logs without a window."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.commands import follow
from reviewer.sealing import keyring
from tests.services.agency import keys, station_key
from tests.services.following_room import Desk, agency_of, bookmark, reason

GOOD = "correct horse"


def test_it_says_how_many_logs_of_whom_and_what_is_wrong_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agency = agency_of(tmp_path)
    Desk(agency, "salo").opens().does(reason(), bookmark("door"))
    keyring.save_station(agency.workspace.station_key, station_key())
    for who, file in (("hill", agency.workspace.key_file("hill")), ("custody", tmp_path / "custody.json")):
        file.parent.mkdir(parents=True, exist_ok=True)
        keyring.save(file, keys(who), GOOD)
    secret = tmp_path / "secret"
    secret.write_text(GOOD)
    monkeypatch.setenv("REVIEWER_HOME", str(agency.workspace.home))

    def run(*words: str) -> dict[str, Any]:
        status = main(["log", "follow", "--user", "hill", "--passphrase-file", str(secret), *words, "--json"])
        said = capsys.readouterr()
        return {**json.loads(said.out.splitlines()[-1]), "status": status, "err": said.err}

    first = run()
    assert (first["status"], first["logs"], first["people"], first["entries"]) == (0, 2, ["salo"], 2)
    custody = ("--custody-key", str(tmp_path / "custody.json"), "--custody-passphrase-file", str(secret))
    assert run(*custody)["new"] == 0
    again = run("--again")
    assert (again["new"], again["entries"]) == (2, 2)
    (agency.folder / "store/logs/helsinki.example/ws-1/salo/work/1/checkpoint").unlink()
    stopped = run()
    assert stopped["status"] == 1
    assert "its checkpoint is gone from the store" in stopped["err"]
    assert stopped["entries"] == 2
    assert callable(follow.log_follow)
