"""Whether a region of a copy's frame is hidden: what is left of the original there, in numbers.

What may stand in a region is said by the plan alone: one number for all of it (SOLID); one for each block of a grid,
at least 16 pixels wide and at least an eighth of the region's smaller side (PIXELATE); straight lines between the
middles of these blocks (BLUR). These pictures form a space of few dimensions. Copy and original are both freed of their
share in that space (least squares, by block, on the region's own pixels); what then remains of the original is all
detail that the mask is to destroy, and what remains of the copy is to be the codec's noise and nothing else:

- its size, root mean square: at most FLAT + EDGED × the steps between blocks, and up to SMALLER more in a picture that
  was made small; over the region, and LOCAL times that in any piece of it half a block wide. An uncovered strip, a mask
  that lies elsewhere or comes a frame late leaves steps and edges inside blocks and fails here, whatever is filmed.
- its likeness: the share of the original's detail that came through (regression of one on the other) and their
  correlation ρ, over the region and along each of its four sides. By Shannon, a Gaussian channel with correlation ρ
  carries −½·log2(1 − ρ²) bits a sample; LIKE = 0.5 keeps that below 0.21 bits a sample of a signal that is FAINT or
  stronger, where an uncovered face at crf 28 has ρ > 0.8 (0.74 bits). So even faint detail in the dark is found.

What is left then is the blocks' own numbers. A grid of at most 8 × 8 for a square region, rounded to 8 levels by
offsets nobody knows, is at most 3 bits a block and plane; `Means` tells whether they really are that rough.
Detail of less than QUIET levels (SIDE_QUIET from few samples and in chroma) is below what a screen shows.
Measured on files of crf 18 to 28: hidden regions stay below 70 % of every bound, uncovered faces lie at 150 % or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewer.domain.redaction import MaskStyle
from reviewer.media.copy_check_places import Look, Numbers

Flags = NDArray[np.bool_]
FLAT, SMALLER, EDGED, LOCAL = 5.0, 4.0, 0.12, 3.5
LIKE, THROUGH, FAINT = 0.5, 0.3, 1.0
_QUIET = 0.8  # levels, root mean square: less is rounding
_RIM = 3  # steps from a region's side
_MANY = 200
_FEWEST = 32  # samples from which a likeness can be told
_SIDE_LIKE, _SIDE_THROUGH, _SIDE_QUIET, _SIDE_FEWEST = 0.65, 0.5, 1.5, 48  # the same for a side: fewer samples
_ROUGH = 3.0  # levels, root mean square, by which blocks' numbers differ from the true means at least
_BLOCKS = 200  # blocks from which that can be told
_SAME, _SOME_BLOCKS = 2.0, 12  # so near to the true means so many blocks of one frame do not come by chance
_FEWEST_A_BLOCK = 8


class Fault(StrEnum):
    """What is wrong with a region."""

    NONE = ""
    SHOWN = "shown"  # the original comes through
    STRIP = "strip"  # at one side of it
    UNEVEN = "uneven"  # something else than a mask of this style stands there


@dataclass(slots=True)
class Means:
    """Over all frames of a mask: by how much its blocks' numbers differ from the original's means."""

    count: int = 0
    squares: float = 0.0

    @property
    def exact(self) -> bool:
        """They are the true means: nothing was added or rounded."""
        return self.count >= _BLOCKS and self.squares / self.count < _ROUGH**2


def judge(look: Look, means: Means | None = None) -> Fault:
    """What is wrong with a region of one plane; `means` is told of its blocks."""
    kept = look.kept & look.down.clear[:, None] & look.across.clear[None, :]
    fit = _fit_lines if look.style is MaskStyle.BLUR else _fit_steps
    left, steps, numbers, good = fit(look, look.copy, kept)
    detail, _, true, _ = fit(look, look.original, kept)
    kept &= good
    apart = (numbers - true)[steps >= _FEWEST_A_BLOCK]
    if means is not None and look.style is not MaskStyle.SOLID:
        means.count += len(apart)
        means.squares += float((apart**2).sum())
    same = len(apart) >= _SOME_BLOCKS and float((apart**2).mean()) < _SAME**2
    if _like(left, detail, kept, half=look.half) or (same and not look.half):
        return Fault.SHOWN
    if not look.half and any(_like(left, detail, kept & at, side=True) for at in _sides(look.kept)):
        return Fault.STRIP
    some = numbers[steps > 0]
    limit = FLAT + SMALLER * (1 - look.scale) + EDGED * (float(some.std()) if len(some) > 1 else 0.0)
    count = int(kept.sum())
    if count >= _FEWEST and float((left**2).sum()) > count * limit**2:
        return Fault.UNEVEN
    local = 0.0 if look.half else _worst(left, kept)
    return Fault.UNEVEN if local > LOCAL * limit else Fault.NONE


def _like(left: Numbers, detail: Numbers, where: Flags, *, side: bool = False, half: bool = False) -> bool:
    """Whether what is left of the copy is what is left of the original."""
    count = int(where.sum())
    if count < (_SIDE_FEWEST if side or half else _FEWEST):
        return False
    one, other = left[where], detail[where]
    had, has = float(other @ other), float(one @ one)
    quiet = _SIDE_QUIET if side or half or count < _MANY else _QUIET
    if had < count * FAINT**2 or has < count * quiet**2:
        return False
    both = float(one @ other)
    limit = min(0.85, max(_SIDE_LIKE if side else LIKE, 5 / np.sqrt(count / 2)))
    return both > (_SIDE_THROUGH if side else THROUGH) * had and both > limit * np.sqrt(had * has)


def _sides(inside: Flags) -> list[Flags]:
    """What of a region lies at its left, right, upper and lower side."""
    room = np.pad(inside, _RIM)
    high, wide = inside.shape
    moves = ((0, -1), (0, 1), (-1, 0), (1, 0))
    places = ((_RIM + down * _RIM, _RIM + across * _RIM) for down, across in moves)
    return [inside & ~room[top : top + high, left : left + wide] for top, left in places]


def _worst(left: Numbers, kept: Flags) -> float:
    """The largest root mean square in a window of 4 × 4 steps that is mostly kept."""
    if min(left.shape) < 4:
        return 0.0
    power = cv2.boxFilter(left * left, -1, (4, 4), normalize=False)
    count = cv2.boxFilter(kept.astype(np.float32), -1, (4, 4), normalize=False)
    full = count >= 8
    return float(np.sqrt((power[full] / count[full]).max())) if full.any() else 0.0


def _fit_steps(look: Look, plane: Numbers, kept: Flags) -> tuple[Numbers, Numbers, Numbers, Flags]:
    """What remains of a plane beside one number a block; kept steps a block, the numbers, and all steps."""
    down, across = look.down.member, look.across.member
    weight = kept.astype(np.float32)
    steps = down.T @ weight @ across
    numbers = (down.T @ (plane * weight) @ across) / np.maximum(steps, 1)
    left = (plane - down @ numbers @ across.T) * weight
    return left, steps, numbers, np.ones_like(kept)


def _fit_lines(look: Look, plane: Numbers, kept: Flags) -> tuple[Numbers, Numbers, Numbers, Flags]:
    """The same beside straight lines between the middles of blocks: 1, x, y, xy in each cell between four of them."""
    weight = kept.astype(np.float32)
    downs = [look.down.member * look.down.place[:, None] ** n for n in range(3)]
    rights = [look.across.member * look.across.place[:, None] ** n for n in range(3)]
    powers = ((0, 0), (0, 1), (1, 0), (1, 1))
    rows = [downs[a].T @ weight for a in range(3)]
    moments = [[rows[a] @ rights[b] for b in range(3)] for a in range(3)]
    steps = moments[0][0]
    normal = np.stack([np.stack([moments[a + c][b + d] for c, d in powers], -1) for a, b in powers], -2)
    normal = normal + np.eye(4, dtype=np.float32) * (2e-4 * steps[..., None, None] + 1e-3)
    weighted = plane * weight
    sums = np.stack([downs[a].T @ weighted @ rights[b] for a, b in powers], -1)
    found = np.linalg.solve(normal, sums[..., None])[..., 0]
    fitted = sum(downs[a] @ found[..., n] @ rights[b].T for n, (a, b) in enumerate(powers))
    good = (look.down.member @ (steps >= 8).astype(np.float32) @ look.across.member.T) > 0
    left = (plane - fitted) * weight * good
    return np.asarray(left, np.float32), steps, np.asarray(found[..., 0], np.float32), np.asarray(good)
