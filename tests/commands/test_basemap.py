"""`reviewer map …`: an agency's own map on the command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from reviewer.cli import main
from reviewer.commands import basemap
from reviewer.services.basemap import shipped


def test_a_map_is_added_listed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path / "home"))
    assert main(["map", "add", str(shipped().path), "--name", "North"]) == 0
    assert "“North” is drawn from the next case that is opened." in capsys.readouterr().out
    assert main(["map", "list", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out.splitlines()[-1])["maps"]
    assert (listed["name"], listed["zooms"]) == ("North", [0, 14])
    assert main(["map", "remove", "North"]) == 0
    assert main(["map", "remove", "North"]) == 1
    assert "no map called “North”" in capsys.readouterr().err


def test_what_is_no_map_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.mbtiles").write_bytes(b"SQLite format 3\0" + bytes(2000))
    assert main(["map", "add", str(tmp_path / "x.mbtiles")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


def test_a_map_without_a_home_goes_where_the_program_keeps_its_things(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path / "home"))
    said = basemap.map_list(argparse.Namespace())
    assert said.data["maps"] == []
