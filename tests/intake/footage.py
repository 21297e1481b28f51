"""Small real recordings for the tests of intake."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def record(path: Path, *, frames: int = 10, metadata: dict[str, str] | None = None, faststart: bool = False) -> Path:
    """A tiny recording in whatever container the name asks for, 10 frames a second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"movflags": "+faststart+use_metadata_tags" if faststart else "+use_metadata_tags"}
    with av.open(str(path), "w", options=options if path.suffix in (".mp4", ".mov") else {}) as out:
        out.metadata.update(metadata or {})
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), i * 20 % 256, np.uint8), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, 10)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
