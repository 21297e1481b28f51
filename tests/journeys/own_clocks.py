"""The demo as its docks would have taken it in had nobody had GPS: one camera's clock, 37 s wrong, is signed as it was.

An agency, a store and a workspace of their own, from the footage of another demo (`make_own_clock_demo`), or from the
whole 90 s of the incident as they sound, with next to no picture (`make_heard_demo`: a tenth of the time to make).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reviewer.demo import recorder
from reviewer.demo.camera import CAMERAS
from reviewer.demo.canvas import Image
from reviewer.demo.make import START
from reviewer.demo.recorder import Order, Recorder
from reviewer.demo.scene import Schedule
from reviewer.demo.timing import PartPlan
from reviewer.demo.truth import TRUTH_FILE, Truth, read_truth, write_truth
from reviewer.domain.recording import ClockSource
from reviewer.domain.timebase import SECOND, Micros
from reviewer.services import demo as demos
from reviewer.services.ingest import IngestReport, Station, take_in
from reviewer.services.intake import plan_intake
from reviewer.services.trust import Trust

SMALL = (160, 90)  # pixels


def make_own_clock_demo(made: Path, folder: Path) -> None:
    """In `folder`, from the footage of the demo in `made`."""

    def copied(footage: Path, **_how: Any) -> Truth:  # noqa: ANN401 - whatever the demo asks of its maker
        shutil.copytree(made / "footage", footage)
        shutil.copy(made / TRUTH_FILE, footage / TRUTH_FILE)
        return read_truth(made)

    _make(folder, copied)


def make_heard_demo(folder: Path, seconds: int = 90) -> None:
    """In `folder`, small grey pictures and all that is heard."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(recorder, "CAMERAS", tuple(replace(c, width=SMALL[0], height=SMALL[1]) for c in CAMERAS))
        patched.setattr(Recorder, "_pictures", _grey)
        _make(folder, _recorded, seconds)


def _grey(_recorder: Recorder, part: PartPlan) -> Iterator[Image]:
    picture: Image = np.full((SMALL[1], SMALL[0], 3), 90, np.uint8)
    return (picture for _ in part.pts)


def _recorded(footage: Path, *, cameras: int, seconds: int, seed: int, **_how: Any) -> Truth:  # noqa: ANN401 - the same
    """What `make_footage` makes, in this process: what was patched here is not patched in another."""
    footage.mkdir(parents=True)
    schedule = Schedule(START, Micros(seconds * SECOND))
    orders = (Order(n, cameras, schedule, seed, footage) for n in range(cameras))
    done = tuple(Recorder(order, lambda _share: None, lambda: False).record() for order in orders)
    truth = Truth(seed, schedule.start, schedule.length, schedule.events, done)
    write_truth(truth, footage)
    return truth


def _make(folder: Path, footage: Callable[..., Truth], seconds: int = 90) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(demos, "make_footage", footage)
        patched.setattr(demos, "ingest", _by_own_clocks)
        demos.make_demo(folder, seconds=seconds)


def _by_own_clocks(paths: list[Path], trust: Trust, station: Station) -> IngestReport:
    """Taken in by what each camera's own clock says, GPS or not."""
    trust.refresh()
    plan = plan_intake(paths, trust)
    for one in plan.recordings:
        own = [c for c in one.clocks if c.clock.source is not ClockSource.GPS]
        if own:
            plan = plan.edit(one.key, clock=own[0])
    return take_in(plan, trust, station)
