"""Where things are: processes of ours start from the program's modules, wherever it is called from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.config import own_modules

ROOT = Path(__file__).resolve().parent.parent
MAP = """
from pathlib import Path
from reviewer import config
from reviewer.ui.review.map_tiles import TileProcess
if __name__ == "__main__":
    tiles = TileProcess(config.resource("maps", "helsinki.pmtiles"))
    print(bool(tiles.draw((16, 37309, 18970), "light").result(60).pixels))
    tiles.close()
"""
DEMO = """
import sys
from pathlib import Path
from reviewer.demo.make import make_footage
if __name__ == "__main__":
    print(bool(make_footage(Path(sys.argv[0]).parent / "demo", cameras=1, seconds=4).cameras))
"""


@pytest.mark.parametrize("script", [MAP, DEMO], ids=["map", "demo"])
def test_processes_take_no_modules_from_the_folder_with_footage(tmp_path: Path, script: str) -> None:
    for name in ("multiprocessing", "numpy"):
        (tmp_path / f"{name}.py").write_text("import pathlib; pathlib.Path('was-here').touch(); raise SystemExit")
    asks = tmp_path / "elsewhere" / "asks.py"
    asks.parent.mkdir()
    asks.write_text(script)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, asks], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("True", 0), done.stderr
    assert not (tmp_path / "was-here").exists()


def test_the_environment_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "there")
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    before = dict(os.environ)
    with pytest.raises(LookupError), own_modules():
        assert os.environ["PYTHONSAFEPATH"] == "1"
        assert os.environ["PYTHONPATH"].split(os.pathsep) == [str(ROOT), "there"]
        raise LookupError
    assert dict(os.environ) == before
