"""What the looks at a copy say: sentences, each once, with how often and where first."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.domain.timebase import SECOND, Micros

_MOST = 12  # sentences of one kind of look; who reads more reads none


@dataclass(frozen=True, slots=True)
class Said:
    """What one look found: sentences. `credentials`: the file has a C2PA manifest."""

    problems: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    credentials: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """How far a look is, 0 to 1; in the end what it says."""

    share: float
    said: Said | None = None


@dataclass(slots=True)
class Tally:
    """Problems of a file as they are met. A sentence has `{}` where it says how many frames it is true of, and where
    the first is."""

    _frames: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    _whole: dict[str, None] = field(default_factory=dict)

    def frame(self, sentence: str, at: Micros, what: str = "frame") -> None:
        """It is true of the frame (or `what` else) that is shown at this time of the file."""
        found = self._frames.setdefault((sentence, what), [0, at])
        found[0] += 1
        found[1] = min(found[1], at)

    def whole(self, sentence: str) -> None:
        """It is true of the file."""
        self._whole.setdefault(sentence)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, those of the whole file first."""
        told = [
            sentence.format(f"{count} {what}{'s' * (count != 1)}, first at {clock(Micros(at))}")
            for (sentence, what), (count, at) in sorted(self._frames.items(), key=lambda each: each[1][1])
        ]
        found = [*self._whole, *told]
        more = len(found) - _MOST
        return (*found[:_MOST], f"There are {more} more problems.") if more > 1 else tuple(found)


def clock(at: Micros) -> str:
    """A time of the file: 0:02.040."""
    minutes, rest = divmod(max(0, at), 60 * SECOND)
    return f"{minutes}:{rest // SECOND:02d}.{rest % SECOND // 1000:03d}"
