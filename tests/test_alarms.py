"""The alarms of this test suite ring: a Qt warning, a logged warning, a Python warning each fail a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAD = "import logging, warnings\nfrom PySide6.QtCore import qWarning\nfrom PySide6.QtWidgets import QWidget\n\n\n"
ALARMS = {
    "qt": "def test_it(qtbot):\n    qWarning('a painter was not ended')\n",
    "logging": "def test_it():\n    logging.getLogger('reviewer').warning('it went wrong')\n",
    "python": "def test_it():\n    warnings.warn('soon to be gone', DeprecationWarning)\n",
    "resource": "def test_it(tmp_path):\n    open(tmp_path / 'x', 'w')\n    __import__('gc').collect()\n",
}


def _run(folder: Path, body: str) -> int:
    (folder / "test_alarm.py").write_text(HEAD + body)
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={folder}"]
    command += ["-p", "tests.conftest", "-p", "no:cacheprovider", str(folder / "test_alarm.py")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False).returncode


@pytest.mark.parametrize("alarm", sorted(ALARMS))
def test_an_alarm_fails_the_test(tmp_path: Path, alarm: str) -> None:
    assert _run(tmp_path, ALARMS[alarm]) == 1


def test_and_silence_does_not(tmp_path: Path) -> None:
    assert _run(tmp_path, "def test_it(qtbot):\n    qtbot.addWidget(QWidget())\n") == 0
