"""Renders in a process of its own, to be killed: `python -m tests.faults.rendering_child '{"home": …, "job": …}'`.

With `out` it asks for a new file, else it goes on with what is there, and prints what became of it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media import render
from reviewer.media.camera import DeckCamera, DeckPart
from tests.media.footage import START
from tests.media.rendering import InFile
from tests.services.rendering import CASE, Room


def run(order: dict[str, str]) -> None:
    render.STRETCH = Micros(500_000)
    source = InFile(order["footage"])
    span = TimeRange(START, Utc(START + int(order["seconds"]) * SECOND))
    part = DeckPart(lambda: source, TimeModel(START, Micros(1000)), span)
    room = Room(Path(order["home"]), {"one": DeckCamera("one", (part,))})
    job = room.ask(Path(order["out"])) if "out" in order else room.queue.statuses(CASE)[0].job.id
    status = room.wait(job)
    room.queue.close()
    print(json.dumps({"state": status.state.value, "path": status.job.path, "kinds": room.kinds()}))  # noqa: T201 - its answer


if __name__ == "__main__":
    run(json.loads(sys.argv[1]))
