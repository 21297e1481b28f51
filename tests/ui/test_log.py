"""The signed log on screen: its four sentences, its entries in words, one entry's proof."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer.domain import events as ev
from reviewer.domain.errors import LogUnwritable
from reviewer.domain.timebase import Micros, Utc
from reviewer.records.queries import EntryFilter
from reviewer.services.logproof import EntryProof
from reviewer.services.witnessed import Watch
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.log import LogHealth, LogPage, LogScreen, LogSource, sentences
from reviewer.ui.log_words import KINDS, LogKind, did, what
from reviewer.ui.theme import Tone
from tests.ui.samples import (
    CAMERAS,
    ENTRIES,
    HEALTH,
    HELSINKI,
    NAMES,
    NOW,
    PROOF,
    SHOWN,
    STANDING,
    done,
    entry,
    log_source,
    page,
    zone,
)


def shown(qtbot: QtBot, keys: KeyTable, bridge: Bridge, source: LogSource) -> LogScreen:
    screen = LogScreen(source, bridge=bridge, keys=keys, zone=zone, names=NAMES)
    qtbot.addWidget(screen)
    screen.resize(1300, 700)
    screen.show()
    qtbot.waitUntil(screen.isActiveWindow)
    return screen


def said(screen: LogScreen) -> str:
    return " ".join(label.text() for label in screen.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def screen(qtbot: QtBot, keys: KeyTable, bridge: Bridge) -> LogScreen:
    made = shown(qtbot, keys, bridge, log_source())
    qtbot.waitUntil(lambda: len(made.table.rows.rows) == len(ENTRIES))
    return made


def row(screen: LogScreen, at: int) -> list[str]:
    return [cell.spoken for cell in screen._cells(screen.table.rows.rows[at])]


def test_an_entry_has_both_times_and_says_what_was_done(screen: LogScreen) -> None:
    assert row(screen, 0) == [
        "12:39:00.00, 28 Jul 2026 · UTC+3",
        "09:39:00.00",
        "K. Salo 0417",
        "View ended",
        "2 cameras · 22:42:02.0 – 22:42:12.0 · 1× · sound",
        "complaint",
        "signed only",
        "9",
    ]
    assert (row(screen, 2)[6], row(screen, 4)[6]) == ("published", "witnessed ×2")
    assert "Sealed to others" in row(screen, 5)[4]


def test_the_filter_asks_for_the_kinds_it_names(qtbot: QtBot, screen: LogScreen) -> None:
    qtbot.mouseClick(screen.kinds.segment(LogKind.REFUSALS), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(screen.table.rows.rows) == 1)
    assert row(screen, 0)[3] == "Access refused"
    assert "S. Laine 1940 · open a camera · It is not assigned to you." in row(screen, 0)[4]


def test_words_are_found_and_counted(qtbot: QtBot, screen: LogScreen) -> None:
    qtbot.keyClick(screen.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(screen.search.line, "arm taken")
    assert [r[3] for r in map(lambda at: row(screen, at), range(1))] == ["Bookmark added"]
    assert screen.filters.shown.text() == "Everything: 1 of the newest 6 entries"
    qtbot.keyClicks(screen.search.line, "zzz")
    assert "No entry has these words" in said(screen)
    assert not screen.sheet.isVisible()


def test_one_entrys_proof_stands_beside_it(qtbot: QtBot, screen: LogScreen) -> None:
    screen.table.pick(2)
    qtbot.waitUntil(lambda: "stands under the signed head" in said(screen))
    words = said(screen)
    for expected in (
        "Entry 7",
        "leaf 9e41 07bc 5d22 … 81fa",
        "size 10 · 4 hashes",
        "Workstation IA-04",
        "10:57:11 UTC, 28 Jul 2026 and 11:02:11",
    ):
        assert expected in words


def test_check_again_verifies_in_the_background_and_a_wrong_proof_is_said(
    qtbot: QtBot, keys: KeyTable, bridge: Bridge
) -> None:
    proofs: list[Future[EntryProof]] = [done(PROOF), Future()]
    source = replace(log_source(), proof=lambda _entry: proofs.pop(0))
    screen = shown(qtbot, keys, bridge, source)
    qtbot.waitUntil(lambda: "stands under the signed head" in said(screen))
    waiting = proofs[0]
    qtbot.mouseClick(screen.sheet._again, Qt.MouseButton.LeftButton)
    assert "Being checked …" in said(screen)
    assert not screen.sheet._again.isEnabled()
    waiting.set_result(replace(PROOF, holds=False))
    qtbot.waitUntil(lambda: "does not stand under the signed head. Tell the custodian." in said(screen))
    assert screen.sheet._tag.words == "does not match"


def test_older_entries_come_as_one_scrolls_and_a_late_answer_is_dropped(
    qtbot: QtBot, keys: KeyTable, bridge: Bridge
) -> None:
    newest = tuple(entry(100 - n, ev.Unlocked("k.salo")) for n in range(40))
    older = tuple(entry(60 - n, ev.Locked("k.salo", "idle")) for n in range(5))
    asked: list[tuple[Utc, str, int] | None] = []

    def read(_wanted: EntryFilter, after: tuple[Utc, str, int] | None) -> Future[LogPage]:
        asked.append(after)
        return done(LogPage(newest, True, 45) if after is None else LogPage(older, False, 45))

    screen = shown(qtbot, keys, bridge, replace(log_source(), page=read))
    qtbot.waitUntil(lambda: len(screen.table.rows.rows) == 40)
    assert screen.filters.shown.text() == "Everything: newest 40 of 45; more as you scroll"
    bar = screen.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: len(screen.table.rows.rows) == 45)
    assert asked == [None, newest[-1].place]


def test_older_entries_stay_while_new_ones_come_and_are_asked_again_where_one_came_between(
    qtbot: QtBot, keys: KeyTable, bridge: Bridge
) -> None:
    known = [entry(100 - n, ev.Unlocked("k.salo")) for n in range(45)]

    def read(_wanted: EntryFilter, after: tuple[Utc, str, int] | None) -> Future[LogPage]:
        rest = [e for e in known if after is None or e.place < after]
        return done(LogPage(tuple(rest[:40]), len(rest) > 40, len(known)))

    screen = shown(qtbot, keys, bridge, replace(log_source(), page=read))
    qtbot.waitUntil(lambda: len(screen.entries) == 40)
    bar = screen.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: len(screen.entries) == 45)
    screen.table.pick(43)
    known.insert(0, entry(101, ev.Unlocked("k.salo")))
    screen.refresh()
    qtbot.waitUntil(lambda: len(screen.entries) == 46)
    assert screen.table.current == known[44], "what was picked stays picked"
    assert list(screen.entries) == known
    known.insert(43, replace(known[43], meta=replace(known[43].meta, origin="another/log")))
    screen.refresh()
    qtbot.waitUntil(lambda: len(screen.entries) != 46)
    assert list(screen.entries) == known[: len(screen.entries)], "none is left out"


def test_a_hidden_screen_reads_when_it_is_shown(qtbot: QtBot, keys: KeyTable, bridge: Bridge) -> None:
    asked: list[int] = []

    def read(wanted: EntryFilter, _after: object) -> Future[LogPage]:
        asked.append(1)
        return done(page(wanted))

    screen = LogScreen(replace(log_source(), page=read), bridge=bridge, keys=keys, zone=zone, names=NAMES)
    qtbot.addWidget(screen)
    screen.refresh()
    assert not asked
    screen.show()
    qtbot.waitUntil(lambda: bool(asked))


def test_a_log_that_cannot_be_read_is_said_in_place(qtbot: QtBot, keys: KeyTable, bridge: Bridge) -> None:
    broken: Future[LogHealth] = Future()
    broken.set_exception(LogUnwritable("The records cannot be read.", "Free some room."))
    screen = shown(qtbot, keys, bridge, replace(log_source(), health=lambda _check: broken))
    qtbot.waitUntil(screen._error.isVisible)
    assert screen._error.words == "The records cannot be read. Free some room."


def test_the_four_sentences() -> None:
    titles = [s.title for s in sentences(HEALTH, HELSINKI, NOW)]
    assert titles == ["Complete", "No witness", "1 log, 1 person", "2 entries not yet published"]
    assert sentences(HEALTH, HELSINKI, NOW)[0].words.startswith(
        "10 entries; none missing, none changed, 14:02:11 local"
    )
    wrong = sentences(replace(HEALTH, problems=("Entry 4 is not the one that was signed.",)), HELSINKI, NOW)[0]
    assert (wrong.title, wrong.words, wrong.tone) == (
        "Not whole",
        "Entry 4 is not the one that was signed.",
        Tone.STOP,
    )
    assert sentences(LogHealth(10, 1, 1), HELSINKI, NOW)[0].title == "Not yet checked"
    assert sentences(LogHealth(10, 1, 1, published=10), HELSINKI, NOW)[3].title == "All published"
    assert sentences(LogHealth(0, 0, 0), HELSINKI, NOW)[3].title == "Nothing to publish"
    watched = replace(HEALTH, published=10, watch=Watch((STANDING,), unseen=1, since=NOW))
    assert [s.title for s in sentences(watched, HELSINKI, NOW)][1::2] == [
        "Witnessed by 2 of 2",
        "1 entry not yet witnessed",
    ]


def test_every_kind_of_event_has_words_and_a_filter_of_known_kinds() -> None:
    for kind in ev.EVENTS:
        assert did(kind) != kind
        assert "_" not in did(kind)
    for kinds in KINDS.values():
        assert set(kinds) <= set(ev.EVENTS)
    assert did("reel_rendered") == "Reel rendered"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ev.LoggedOn("k.salo", "IA-04"), "Workstation IA-04 · passphrase"),
        (ev.IntakeBegun("NIEMI", 2, 5, 3_000_000), "NIEMI · 2 recordings in 5 files, 3 MB"),
        (ev.IntakeBegun("NIEMI", 1, 1, 0, "/dock"), "NIEMI · 1 recording in 1 file, 0 MB · dock /dock"),
        (ev.FootageTakenIn("r1", 1, 2, 3_000_000, ("officer",)), "r1 · 2 parts, 3 MB · changed: officer"),
        (
            ev.IntakeEnded("NIEMI", 1, 2, ("B",), ("C.mp4",), "Intake was cancelled."),
            "NIEMI · 1 taken in · 2 in the store before · left out: B · refused: C.mp4 · Intake was cancelled.",
        ),
        (ev.LogOnRefused("K", "IA-04", "wrong passphrase", 1), "Named “K” · wrong passphrase · 1 try left"),
        (ev.Locked("k.salo", "idle"), "Nobody at the keys"),
        (ev.ViewClosed("c", "s", -2000, (), "complaint"), "nothing was shown"),
        (
            ev.FileViewClosed(
                "s", "ab" * 32, "reel.mp4", (ev.Stretch(Micros(0), Micros(3_200_000)),), 1000, "training", "VLC"
            ),
            "“reel.mp4” · 0:00.0 – 0:03.2 · 1× · second player (VLC)",
        ),
        (ev.CaseSynced("c", 12, 3_400_000_000), "12 objects, 3,400 MB"),
        (
            ev.ProxiesBegun("c", "r1", 1, "ab" * 32, "mpeg4-1"),
            "A. Niemi 2214 · part 2 · decrypted for small sealed copies, seen by nobody",
        ),
        (
            ev.ProxiesMade("c", "r1", 1, "ab" * 32, "mpeg4-1", 5400, 3, 0),
            "A. Niemi 2214 · part 2 · 5,400 frames in 3 files",
        ),
        (
            ev.ProxiesMade("c", "r1", 1, "ab" * 32, "mpeg4-1", 5400, 1, 1),
            "A. Niemi 2214 · part 2 · 5,400 frames in 1 file · 1 frame left out",
        ),
        (
            ev.FilmstripShown("c", "r1", SHOWN, Micros(2_500_000), 48, "complaint"),
            "A. Niemi 2214 · 22:42:02.0 – 22:42:12.0 · one each 2.5 s, 48 pixels high",
        ),
        (ev.StillSaved("c", "r1", 0, 9, "ab" * 32), "A. Niemi 2214 · part 1 · SHA-256 abababababab…"),
        (ev.BookmarkWithdrawn("c", "0123456789"), "Bookmark 01234567"),
    ],
)
def test_what_exactly(event: ev.Event, words: str) -> None:
    assert what(entry(1, event), NAMES, HELSINKI) == words


def test_a_view_in_the_second_player_says_so() -> None:
    view = ev.ViewClosed("CR-2026-0142", "s", 1000, CAMERAS, "complaint", "libVLC 3.0.24, ± 0.30 s")
    assert what(entry(1, view), NAMES, HELSINKI).endswith(" · second player (libVLC 3.0.24, ± 0.30 s)")
