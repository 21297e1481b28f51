"""What every process of `apart` needs, loaded once before they are forked. No threads may be running after this."""

from __future__ import annotations

import sys

import av
import numpy as np

from reviewer.media import apart, reader, scale

if sys.platform == "linux":
    from reviewer.media import confinement  # noqa: F401 - loaded, for whoever asks for it later

LOADED = (av, np, apart, reader, scale)
