"""What the reels' screen shows: plain values, made by the room, drawn by the widgets."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.reel import Clip
from reviewer.ui.theme import Tone


@dataclass(frozen=True, slots=True)
class State:
    """A few words with their colour and icon, as "faces masked"."""

    words: str
    tone: Tone = Tone.PLAIN
    icon: str = "circle-dashed"


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """A released recording. `letter`: "Officer A"; `title` and `about` never name anybody."""

    recording: str
    number: int
    letter: str
    title: str
    about: str
    state: State
    words: str = ""  # what is searched beside them: day, place, topic

    @property
    def spoken(self) -> str:
        return ", ".join(filter(None, (self.title, self.about, self.state.words)))

    def found_by(self, typed: str) -> bool:
        """Whether every word that was typed is in it."""
        whole = f"{self.letter} {self.title} {self.about} {self.words}".casefold()
        return all(word in whole for word in typed.casefold().split())


@dataclass(frozen=True, slots=True)
class StripCard:
    """A clip on the strip: its words, and how wide it stands (`micros` of the reel). `state`: what has to be decided
    before it is rendered; None for nothing."""

    clip: Clip
    title: str
    times: str
    about: str
    micros: int
    state: State | None = None

    @property
    def spoken(self) -> str:
        said = (self.title, self.times, self.about, self.state.words if self.state is not None else "")
        return ", ".join(filter(None, said))


@dataclass(frozen=True, slots=True)
class Released:
    """A recording as a clip's row of cameras offers it; `why` says why it is not offered there, "" if it is."""

    recording: str
    number: int
    letter: str
    chosen: bool
    heard: bool
    why: str = ""
