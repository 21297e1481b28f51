"""One short demo for all tests of this room: every feature is in it, scaled down."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from reviewer.demo.make import make_footage
from reviewer.demo.truth import CameraTruth, Truth


class Demo(NamedTuple):
    folder: Path
    truth: Truth
    reports: list[tuple[float, str]]

    def camera(self, number: int) -> CameraTruth:
        return next(c for c in self.truth.cameras if c.number == number)

    def path(self, camera: CameraTruth, part: int = 0) -> Path:
        return self.folder / camera.directory / camera.parts[part].file


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "incident"
    reports: list[tuple[float, str]] = []
    truth = make_footage(folder, seconds=6, progress=lambda share, text: reports.append((share, text)))
    return Demo(folder, truth, reports)
