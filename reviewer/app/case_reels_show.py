"""What the reels' screen shows of the room, put into words and places."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.coverage import length_words
from reviewer.domain.recording import Manifest
from reviewer.domain.reel import Clip, ClipKind, NamesShown, Reel
from reviewer.ui import reels_words as words

if TYPE_CHECKING:
    from reviewer.app.case_reels import ReelRoom


class ReelShowing(QObject):
    """Of one open training assignment, on the GUI thread."""

    def __init__(self, room: ReelRoom) -> None:
        super().__init__(room)
        self._room = room

    def show(self, reels: tuple[Reel, ...]) -> None:
        """Everything of the open reel, and what was released."""
        screen, zone, clocks = self._room.screen, self._room.desk.zone(), self._room.stage.clocks
        place = self._room.room.assignment.title
        rows = tuple(
            words.library_row(n, self._room.letters[key], manifest, self._room.redaction.of(key), zone, place)
            for n, (key, manifest) in enumerate(self._room.manifests.items(), 1)
            if key in self._room.released
        )
        screen.library.show_rows(rows)
        waits = {each.clip: each for each in self._room.waiting}
        cards = tuple(
            words.card_of(clip, n, clocks, zone, waits.get(clip.id), self._room.released)
            for n, clip in enumerate(self._room.clips, 1)
        )
        screen.strip.show_cards(cards)
        screen.show_empty(self._room.reel is None)
        lasts = length_words(words.whole(self._room.clips)) if self._room.clips else ""
        screen.head.show_reel(self._room.reel, reels, lasts)
        if self._room.reel is not None:
            screen.clip.show_reel(self._room.reel)
            screen.clip.show_states(
                words.reel_states(self._room.reel, self._room.clips, self._room.waiting, self._room.released)
            )
        self._room.rendering.refresh()
        self.ask_pictures()

    def ask_pictures(self) -> None:
        """Small pictures of all that is shown, made one after the other."""
        if self._room.locked or not self._room.stages[0].view.isVisible():
            return
        for key in self._room.released:
            begin = self._room.wall_range(key).start
            self._room.pictures.want(key, key, begin, partial(self._room.screen.library.set_picture, key))
        for clip in self._room.clips:
            if clip.kind is ClipKind.FOOTAGE and clip.recordings[:1] and clip.recordings[0] in self._room.released:
                at = self._room.stage.wall_time(clip.recordings[0], clip.start)
                self._room.pictures.want(
                    clip.id, clip.recordings[0], at, partial(self._room.screen.strip.set_picture, clip.id)
                )

    def show_chosen(self) -> None:
        """The words of the clip that is shown."""
        clip, screen = self._room.chosen, self._room.screen
        screen.clip.show_clip(clip, words.leads(self._room.clips))
        if clip is not None:
            screen.strip.choose(clip.id, quiet=True)
            cameras = words.cameras_of(clip, self._of_released(), self._room.letters, self._room.stage.clocks)
            screen.clip.choice.show_cameras(cameras)
        else:
            screen.strip.choose("", quiet=True)
        screen.transport.for_source(bool(self._room.player.source))
        self.show_place()

    def _of_released(self) -> dict[str, Manifest]:
        return {key: manifest for key, manifest in self._room.manifests.items() if key in self._room.released}

    def show_place(self) -> None:
        """Where it stands: in the bar, in words, and what is asked."""
        player, screen = self._room.player, self._room.screen
        screen.transport.show_playing(player.playing)
        if player.source:
            self._show_source(player.source)
            return
        clip, place = player.clip, player.place
        if clip is None or place is None:
            screen.stage.say("")
            screen.stage.ask("")
            screen.stage.show_card(())  # nothing of what stood there before: that was another reel's, or is taken off
            screen.transport.say("")
            screen.transport.bar.show_pieces(())
            screen.transport.bar.show_place(0.0)
            return
        names = self._room.reel.names if self._room.reel is not None else NamesShown.LETTERS
        screen.stage.say(words.clip_title(clip, place.n + 1), words.who(clip.recordings, self._room.letters, names))
        asks = player.asking or (not player.playing and bool(clip.question))
        quiet = "\n".join(filter(None, (clip.caption, clip.limits)))
        screen.stage.ask(clip.question if asks else "" if clip.kind is ClipKind.CARD else quiet, loud=asks)
        screen.transport.say(words.place_words(self._room.clips, place.n, place.since), self._note(clip))
        total = max(1, words.whole(self._room.clips))
        ends = [sum(each.lasts for each in self._room.clips[: n + 1]) / total for n in range(len(self._room.clips))]
        screen.transport.bar.show_pieces(tuple(ends))
        at = sum(each.lasts for each in self._room.clips[: place.n]) + place.since
        screen.transport.bar.show_place(min(1.0, at / total))

    def _note(self, clip: Clip) -> str:
        """That what is shown lies outside of the clip, while somebody looks for another begin or end."""
        now = self._room.player.now
        if now is None or clip.kind is ClipKind.CARD or self._room.player.playing or self._room.player.asking:
            return ""
        at = self._room.stage.stated(clip.recordings[0], now)
        before, behind = clip.start - at, at - clip.end
        if max(before, behind) <= 0:
            return ""
        away = length_words(max(before, behind))
        return f"{away} {'before the clip' if before > 0 else 'after the clip'}"

    def _show_source(self, source: tuple[str, ...]) -> None:
        screen, zone, now = self._room.screen, self._room.desk.zone(), self._room.player.now
        whole = self._room.wall_range(source[0])
        screen.stage.say("Released recording", words.who(source, self._room.letters))
        screen.stage.ask("Set In (I) and Out (O), then add it (A) to the reel.", loud=False)
        length = max(1, whole.duration)
        start, end = self._room.editor.marks
        shares = [
            ((each if each is not None else edge) - whole.start) / length
            for each, edge in ((start, whole.start), (end, whole.end))
        ]
        at = now if now is not None else whole.start
        marked = length_words(max(0, round((shares[1] - shares[0]) * length)))
        screen.transport.say(words.at_words(zone, at), f"{marked} marked")
        screen.transport.bar.show_pieces(())
        screen.transport.bar.show_place((at - whole.start) / length, (shares[0], max(shares)))
