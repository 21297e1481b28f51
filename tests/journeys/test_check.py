"""`reviewer check`, the whole job without a person, on a small demo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from reviewer import cli
from reviewer.app.check import SIZE

PROMISED = {
    "cameras",
    "seconds_played",
    "ideal_frame_share",
    "spread_p95_ms",
    "bookmark",
    "log_entries",
    "log_verified",
    "screenshot",
}


def test_it_says_what_it_saw(
    qapp: QApplication, demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REVIEWER_HOME", str(demo / "home"))
    assert cli.main(["check", "--demo", str(demo), "--seconds", "4", "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(said) >= PROMISED
    assert said["cameras"] == 4
    assert 3 < said["seconds_played"] < 6
    assert 0.3 < said["ideal_frame_share"] <= 1, "the full figure is measured by itself, not beside other tests"
    assert said["bookmark"]["origin"].endswith("/salo/work/1")
    assert said["painted_outside"] == 0
    assert said["log_verified"] is True
    picture = QImage(said["screenshot"])
    assert (picture.width(), picture.height()) == SIZE
    colours = {picture.pixel(x, y) for x in range(0, SIZE[0], 16) for y in range(0, SIZE[1], 16)}
    assert len(colours) > 300, "the window is all but empty"
