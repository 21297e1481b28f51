"""Following and face proposals as masks: what a worker's thread finds out, a person takes or refuses.

`follow_mask` and `propose` read footage and change nothing; what they give goes to `services/redaction.Redactions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewer.domain.redaction import Mask
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.camera import DeckCamera
from reviewer.media.following import Followed

LIMITS = (
    "The detector misses faces: small, turned away, in the dark, behind glass or masks, upside down. "
    "Watch the whole recording before it is released."
)
"""Stands wherever proposals are shown."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """`masks` for `Redactions.add(*masks)` (proposed OPEN, an ellipse each, padded); `left_out` faces are covered by
    masks already. `said`: what was looked at, in a sentence or two, and what was not."""

    masks: tuple[Mask, ...]
    left_out: int
    said: str


def follow_mask(
    camera: DeckCamera,
    mask: Mask,
    at: Utc,
    until: Utc,
    *,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Followed:
    """Follow what a mask hides on the frame of `at` to `until`, forward or back (`media.following.follow`); lay the
    outcome by `Redactions.lay(mask, outcome.frames, outcome.over)`. `camera` is `Footage.deck_camera(signed=True)`, all
    times are stated. On a worker's thread. Raises ReviewerError where the mask has no region at `at`, UnreadableMedia,
    DecoderStopped, Cancelled."""
    raise NotImplementedError


def propose(
    camera: DeckCamera,
    over: TimeRange,
    of: str,
    known: Sequence[Mask] = (),
    *,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Proposals:
    """Masks for the faces that the detector sees within `over`, stated time. `known`: the masks that there are already
    (`Redactions.masks(of, recording)`); what they cover, or what was refused before, is not proposed again. On a
    worker's thread. Raises UnreadableMedia, DecoderStopped, Cancelled."""
    raise NotImplementedError
