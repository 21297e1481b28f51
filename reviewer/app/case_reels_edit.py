"""What a person does to a reel: clips made, cut, moved, asked of; each an entry, in place, undone by Z."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.errors import ReviewerError
from reviewer.domain.reel import CARD, MOST_CAMERAS, Branch, Clip, ClipKind, NamesShown, Reel, default_layout
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.services.journal import Recorded
from reviewer.services.reel import SHORTEST

if TYPE_CHECKING:
    from reviewer.app.case_reels import ReelRoom

_FIRST_CARD = "Title"
_FOREVER = Micros(3600 * SECOND)


_WORDS: Mapping[str, Callable[[Clip, str], Clip]] = {
    "title": lambda clip, words: replace(clip, title=words),
    "caption": lambda clip, words: replace(clip, caption=words),
    "question": lambda clip, words: replace(clip, question=words),
    "limits": lambda clip, words: replace(clip, limits=words),
    "notes": lambda clip, words: replace(clip, notes=words),
    "plain": lambda clip, words: replace(clip, plain=words),
}


class ReelEditor(QObject):
    """Of one open training assignment, on the GUI thread."""

    def __init__(self, room: ReelRoom) -> None:
        super().__init__(room)
        self._room = room
        self.marks: tuple[Utc | None, Utc | None] = (None, None)
        """In and Out, wall time, of the recording that is looked at."""
        screen = room.screen
        clip, head, strip = screen.clip, screen.head, screen.strip
        clip.wrote.connect(self.write)
        clip.branches.connect(self.branch)
        clip.camera.connect(self.toggle_camera)
        clip.names.connect(lambda names: self.set_reel(lambda reel: replace(reel, names=NamesShown(str(names)))))
        clip.burned.connect(lambda on: self.set_reel(lambda reel: replace(reel, burned=bool(on))))
        clip.voices.connect(lambda on: self.set_reel(lambda reel: replace(reel, voices=bool(on))))
        head.renamed.connect(self._rename)
        head.gone.connect(self.remove_reel)
        strip.moved.connect(lambda clip_id, to: self._do(lambda: room.reels.move(clip_id, to)))

    def commands(self) -> Mapping[str, Callable[[], object]]:
        """What keys and buttons do."""
        return {
            "reel.in": lambda: self.mark(end=False),
            "reel.out": lambda: self.mark(end=True),
            "reel.add": self.add,
            "reel.card": self.add_card,
            "reel.split": self.split,
            "reel.ask": self.ask,
            "reel.earlier": lambda: self.shift(-1),
            "reel.later": lambda: self.shift(1),
            "reel.remove": self.remove,
            "reel.hear": self._hear_next,
            "reel.burned": lambda: self.set_reel(lambda reel: replace(reel, burned=not reel.burned)),
            "reel.undo": self._undo,
            "reel.redo": self._redo,
        }

    def _do(self, act: Callable[[], Future[str]], then: Callable[[str], object] | None = None) -> None:
        """Record it; what is refused stands on the screen."""
        room = self._room
        room.screen.error.clear()
        try:
            future = act()
        except ReviewerError as wrong:
            room.say(wrong)
            return

        def done(id_: str) -> None:
            if then is not None:
                then(id_)

        room.desk.bridge.watch(future, done, room.say, self)

    # The reel

    def new(self) -> None:
        """A reel without clips, and ask for its title."""
        room = self._room
        number = len(room.reels.reels()) + 1

        def made(reel: str) -> None:
            room.open_reel(reel)
            room.screen.head.rename()

        self._do(lambda: room.reels.make(f"Reel {number}"), made)

    def set_reel(self, change: Callable[[Reel], Reel]) -> None:
        """Other names or voices, a reason why nothing is hidden."""
        reel = self._room.reel
        if reel is not None:
            self._do(lambda: self._room.reels.set(change(reel), reel))

    def _rename(self, title: str, module: str) -> None:
        self.set_reel(lambda reel: replace(reel, title=title, module=module))

    def remove_reel(self) -> None:
        reel = self._room.reel
        if reel is not None:
            self._do(lambda: self._room.reels.withdraw_reel(reel.id))

    # Its clips

    def mark(self, *, end: bool) -> None:
        """The clip begins, or ends, at what is shown; of a recording that is looked at, what will be a clip."""
        player = self._room.player
        now, clip = player.now, player.clip
        if now is None:
            return
        if player.source:
            start, stop = self.marks
            self.marks = (start, now) if end else (now, stop)
            self._room.showing.show_place()
            return
        if clip is None or clip.kind is ClipKind.CARD:
            return
        at = self._room.stage.stated(clip.recordings[0], now)
        moved = replace(clip, end=at) if end else replace(clip, start=at)
        self._do(lambda: self._room.reels.change(moved, clip))

    def add(self) -> None:
        """What is marked of the recordings that are looked at becomes a clip, behind the chosen one."""
        room, player = self._room, self._room.player
        recordings = player.source[:MOST_CAMERAS]
        if not recordings or room.reel is None:
            room.say(
                ReviewerError("No recording is looked at.", "Choose one on the left, then set In (I) and Out (O).")
            )
            return
        start, end = self._marked(recordings[0])
        at, until = (room.stage.stated(recordings[0], each) for each in (start, end))
        clip = Clip(
            *("", room.reel.id, ClipKind.FOOTAGE, 0),
            recordings=recordings,
            start=at,
            end=until,
            layout=default_layout(len(recordings)),
        )
        self._do(lambda: room.reels.add(clip, room.after()), self._added)

    def _marked(self, recording: str) -> tuple[Utc, Utc]:
        """Wall times: from In, or the recording's begin, to Out, or its end."""
        part = self._room.wall_range(recording)
        start, end = self.marks
        return start if start is not None else part.start, end if end is not None else part.end

    def _added(self, clip: str) -> None:
        self.marks = (None, None)
        self._room.choose_clip(clip)

    def add_card(self) -> None:
        """A title card behind the chosen clip; before all if there is none."""
        room, reel = self._room, self._room.reel
        if reel is None:
            return
        title = reel.title if not room.clips else _FIRST_CARD
        card = Clip("", reel.id, ClipKind.CARD, 0, title=title, hold=CARD)

        def added(clip: str) -> None:
            self._added(clip)
            room.screen.clip.go("title")

        self._do(lambda: room.reels.add(card, room.after() if room.clips else ""), added)

    def split(self) -> None:
        """Cut the shown clip in two at what is shown."""
        player = self._room.player
        clip, now = player.clip, player.now
        if clip is not None and now is not None and clip.kind is ClipKind.FOOTAGE:
            at = self._room.stage.stated(clip.recordings[0], now)
            self._do(lambda: self._room.reels.split(clip.id, at), self._room.choose_clip)

    def ask(self) -> None:
        """The shown clip ends here, with a question: its field gets the cursor."""
        player = self._room.player
        clip, now = player.clip, player.now
        if clip is None or clip.kind is ClipKind.CARD:
            return
        player.stop()
        ends = clip
        if now is not None and not player.asking:
            at = self._room.stage.stated(clip.recordings[0], now)
            if clip.start + SHORTEST <= at < clip.end:
                ends = replace(clip, end=at)
        asks = replace(ends, question=clip.question or "What do you do now?")
        self._do(lambda: self._room.reels.change(asks, clip), lambda _id: self._room.screen.clip.go("question"))

    def shift(self, by: int) -> None:
        """The chosen clip one place on, or back."""
        room = self._room
        n = next((n for n, clip in enumerate(room.clips) if clip.id == room.screen.strip.chosen), None)
        if n is not None:
            self._do(lambda: room.reels.move(room.clips[n].id, n + by))

    def remove(self) -> None:
        """The chosen clip off the strip; the one beside it is chosen then."""
        room = self._room
        n = next((n for n, clip in enumerate(room.clips) if clip.id == room.screen.strip.chosen), None)
        if n is not None:
            beside = (*room.clips[n + 1 :], *reversed(room.clips[:n]))
            nxt = beside[0].id if beside else ""
            self._do(lambda: room.reels.withdraw(room.clips[n].id), lambda _id: room.choose_clip(nxt))

    def write(self, field: str, value: str) -> None:
        """A field of the chosen clip."""
        clip = self._room.chosen
        if clip is None:
            return
        if field == "hold":
            self._hold(clip, value)
            return
        changed = _WORDS[field](clip, value.strip())
        if changed != clip:
            self._do(lambda: self._room.reels.change(changed, clip))

    def _hold(self, clip: Clip, value: str) -> None:
        try:
            seconds = float(value.replace(",", "."))
        except ValueError:
            seconds = 0.0
        if not 0 < seconds * SECOND <= _FOREVER:
            self._room.say(ReviewerError(f"“{value}” is no number of seconds.", "Write one, as 8."))
            return
        held = replace(clip, hold=Micros(round(seconds * SECOND)))
        self._do(lambda: self._room.reels.change(held, clip))

    def branch(self, branches: tuple[Branch, ...]) -> None:
        """Where the answers of the chosen clip lead."""
        clip = self._room.chosen
        if clip is not None and branches != clip.branches:
            self._do(lambda: self._room.reels.change(replace(clip, branches=branches), clip))

    def toggle_camera(self, recording: str) -> None:
        """Into the chosen clip, or out of it; of a recording that is looked at, beside it."""
        room, clip = self._room, self._room.chosen
        if room.player.source:
            some = [each for each in room.player.source if each != recording]
            wanted = tuple(some) if recording in room.player.source else (*some, recording)
            room.player.show_source((wanted or (recording,))[:MOST_CAMERAS])
            return
        if clip is None or clip.kind is ClipKind.CARD:
            return
        if recording not in clip.recordings:
            cameras = (*clip.recordings, recording)
            changed = replace(clip, recordings=cameras, layout=default_layout(len(cameras)))
        else:
            changed = self._without(clip, recording)
        self._do(lambda: room.reels.change(changed, clip))

    def _without(self, clip: Clip, recording: str) -> Clip:
        """Its times are those of its first camera: when that goes, they are said by the next one."""
        cameras = tuple(each for each in clip.recordings if each != recording)
        if not cameras:
            return clip
        clocks, first = self._room.stage.clocks, clip.recordings[0]
        start, end = clip.start, clip.end
        if cameras[0] != first:
            start, end = (clocks.to_stated(cameras[0], clocks.to_wall(first, at)) for at in (start, end))
        heard = clip.heard if clip.heard in cameras else ""
        layout = default_layout(len(cameras))
        return replace(clip, recordings=cameras, start=start, end=end, layout=layout, heard=heard)

    def toggle_numbered(self, number: int) -> None:
        """By its number on the list of what was released."""
        known = tuple(self._room.manifests)
        if number <= len(known):
            self.toggle_camera(known[number - 1])

    def _hear_next(self) -> None:
        """The sound of the clip's next camera is in the file, and heard."""
        clip = self._room.chosen
        if clip is None or len(clip.recordings) < 2:
            return
        now = clip.recordings.index(clip.heard) if clip.heard in clip.recordings else 0
        nxt = clip.recordings[(now + 1) % len(clip.recordings)]
        self._do(lambda: self._room.reels.change(replace(clip, heard=nxt), clip), lambda _id: self._room.player.hear())

    # Back and again

    def _undo(self) -> None:
        """The inverse of the last change, as a new entry."""
        self._replay(self._room.file.undo)

    def _redo(self) -> None:
        self._replay(self._room.file.redo)

    def _replay(self, act: Callable[[], Future[Recorded] | None]) -> None:
        try:
            future = act()
        except ReviewerError as wrong:
            self._room.say(wrong)
            return
        if future is not None:
            self._room.desk.bridge.watch(future, lambda _done: None, self._room.say, self)
