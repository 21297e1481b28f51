"""What two people did appears for the supervisor on the log screen, and a colleague's mark on the timeline."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tests.journeys.conftest import ARO, SALO, Command, Person, secret


def _cards(person: Person) -> str:
    return "\n".join(str(w.property("text") or "") for w in person.desk.log.findChildren(QWidget))


def test_what_two_people_did_is_on_the_supervisors_log_screen(sit_down: Callable[[], Person], command: Command) -> None:
    """K. Salo watches and marks in the window, P. Hill takes footage apart on the command line; S. Aro looks."""
    first = sit_down()
    first.logs_on()
    first.has_footage()
    first.opens_case()
    first.key(Qt.Key.Key_B)
    first.sees(lambda: len(first.screen.marking.bookmarks) == 1)
    first.leaves()
    hill = secret(first.demo, "hill", "demo-hill-0033")
    assert command("log", "follow", "--user", "hill", "--passphrase-file", hill)["status"] == 0

    second = sit_down()
    second.logs_on(f"{ARO.name} {ARO.badge}", ARO.passphrase)
    second.program.window.show_screen("log")
    log = second.desk.log

    def by(who: str) -> set[str]:
        return {entry.meta.kind for entry in log.entries if entry.meta.actor == who}

    second.sees(lambda: {"view_opened", "view_closed", "bookmark_added", "reason_stated"} <= by("salo"))
    second.sees(lambda: "logged_on" in by("hill") and "logged_on" in by("aro"))
    second.sees(lambda: "4 people" in _cards(second) and "All folded at" in _cards(second))
    mark = next(entry for entry in log.entries if entry.meta.kind == "bookmark_added")
    assert mark.event is not None, "the case is theirs too: the body opens"

    second.program.window.show_screen("queue")
    second.has_footage()
    second.opens_case()
    (bookmark,) = second.screen.marking.bookmarks
    assert bookmark.author == SALO.id


def test_a_log_that_was_tampered_with_is_said_on_both_screens(sit_down: Callable[[], Person], command: Command) -> None:
    person = sit_down()
    salo = secret(person.demo, "salo", SALO.passphrase)
    assert command("queue", "--user", "salo", "--passphrase-file", salo)["status"] == 0
    person.logs_on(f"{ARO.name} {ARO.badge}", ARO.passphrase)
    person.sees(lambda: any("/salo/" in origin for origin, _ in person.desk.session.following.state.sizes))
    (note,) = (person.demo / "store").glob("logs/*/*/salo/access/*/checkpoint")
    note.chmod(0o600)
    note.write_bytes(note.read_bytes().replace(b"\n", b"\n\n", 1))
    person.desk.following.look()
    person.sees(lambda: "is followed no further" in person.says())
    person.program.window.show_screen("log")
    person.sees(lambda: "The access log of K. Salo 0417" in _cards(person))
