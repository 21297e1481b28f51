"""One section in a process of its own: `python -m tests.bench.child NAME JSON ANSWER`. Imports nothing heavy itself:
processes that the engine forks begin with what this file has imported."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


def main() -> None:
    """Run it and write the answer, whole or not at all."""
    from tests.bench.machine import Missing

    name, given, answer = sys.argv[1:4]
    try:
        found = importlib.import_module(f"tests.bench.{name}").run(**json.loads(given))
    except Missing as what:
        found = {"missing": str(what)}
    path = Path(answer)
    made = path.with_suffix(".part")
    made.write_text(json.dumps(found), encoding="utf-8")
    made.rename(path)


if __name__ == "__main__":
    main()
