"""What the window really paints: the demo on the whole program, every tile's barcode read off the screen at every tick.

Needs an X display (`xvfb-run python -m tests.bench wall`); without one Qt's offscreen platform draws.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reviewer.services.demo import make_demo


def measure(cameras: int, seconds: float, say: Callable[[str], object]) -> dict[str, Any]:
    """`ideal_frame_share`, `spread_p95_ms` and the regularity of the ticks, at 1x."""
    if not os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from reviewer.app.check import check  # after the platform is chosen

    with tempfile.TemporaryDirectory(prefix="reviewer-wall-") as folder:
        demo = Path(folder) / "demo"
        say("making the demo …")
        make_demo(demo, cameras=cameras, seconds=max(20, round(seconds * 2.5)), seed=1)
        say("playing …")
        seen = check(demo, seconds=seconds)
    keys = ("cameras", "ticks", "seconds_played", "ideal_frame_share", "spread_p95_ms", "tick_p95_ms", "longest_gap_ms")
    return {key: seen[key] for key in keys} | {"platform": os.environ.get("QT_QPA_PLATFORM", "xcb")}
