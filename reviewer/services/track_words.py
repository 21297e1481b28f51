"""What is said of a track that was read, on screen and on the command line."""

from __future__ import annotations

from reviewer.domain.track import Refused, Track
from reviewer.domain.wording import count


def words(track: Track) -> str:
    """What is in a track: "36,000 positions, 12 refused (no fix: 10; jump: 2)"."""
    said = [f"{len(track.fixes):,} position{'' if len(track.fixes) == 1 else 's'}"]
    said += [f"{count(len(track.paths), 'way')} without times"] * bool(track.paths)
    said += [refused_words(track.refused)] * bool(track.refused)
    return ", ".join(said)


def refused_words(refused: tuple[Refused, ...]) -> str:
    """ "12 refused (no fix: 10; jump: 2)"; "" for none."""
    if not refused:
        return ""
    return f"{sum(r.count for r in refused):,} refused ({'; '.join(f'{r.reason}: {r.count}' for r in refused)})"
