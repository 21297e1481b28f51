"""What every process of `apart` needs, loaded once before they are forked. No threads may be running after this."""

from __future__ import annotations

import av
import numpy as np

from reviewer.media import reader, scale

LOADED = (av, np, reader, scale)
