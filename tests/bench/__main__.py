"""Figures: `python -m tests.bench NAME --json` prints what it measures, one JSON object on the last line."""

from __future__ import annotations

import argparse
import importlib
import json
import os
from pathlib import Path


def main() -> None:
    here = Path(__file__).parent
    names = sorted(p.stem for p in here.glob("*.py") if "def measure(" in p.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", choices=names)
    parser.add_argument("--json", action="store_true", help="nothing but the JSON object")
    parser.add_argument("--cameras", type=int, choices=(4, 9), default=4)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    say = (lambda _: None) if given.json else print
    figures = importlib.import_module(f"tests.bench.{given.name}").measure(given.cameras, given.seconds, say)
    print(json.dumps(figures | {"load": round(os.getloadavg()[0], 2)}))


if __name__ == "__main__":
    main()
