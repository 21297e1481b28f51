"""What the recordings screen is given, and whom it asks: values and functions, so that tests can stand in for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from reviewer.domain.assignment import Assignment, Pending
from reviewer.domain.roster import Role, User
from reviewer.services.catalogue import Overview
from reviewer.services.catalogue_search import Entry, Listing, Wanted
from reviewer.services.custody import Order


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a second signature; `order` is what it says, for somebody who may sign it second."""

    pending: Pending
    order: Assignment | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the screen shows at one moment. `people` are the roster's by id, `me` is the person's own id."""

    overview: Overview
    people: Mapping[str, User] = field(default_factory=dict)
    me: str = ""
    waiting: tuple[Waiting, ...] = ()

    def able(self) -> tuple[User, ...]:
        """Who can be put on a case: who has a role and has not left, by name."""
        here = (u for u in self.people.values() if u.left is None and set(u.roles) - {Role.AUDITOR})
        return tuple(sorted(here, key=lambda u: (u.name, u.id)))


@dataclass(frozen=True, slots=True)
class KeyState:
    """The custody key. `wanted`: this person is a custodian. `file` is where it was found or chosen, "" for nowhere."""

    wanted: bool = False
    opened: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class RecordingsSource:
    """All are called on the GUI thread; Futures answer from elsewhere, verbs with a sentence on what was done.

    `read(again)`: what is kept here, or with `again` what the store has. `release(ids, released, reason)`;
    `take_off(case, user, reason)`; `hand_over(case, from, to, reason)`; `countersign(case, n)`;
    `open_key(file, passphrase)`.
    """

    read: Callable[[bool], Future[Picture]]
    find: Callable[[Listing, Wanted], Future[tuple[Entry, ...]]]
    assign: Callable[[Order], Future[str]]
    take_off: Callable[[str, str, str], Future[str]]
    hand_over: Callable[[str, str, str, str], Future[str]]
    release: Callable[[tuple[str, ...], bool, str], Future[str]]
    countersign: Callable[[str, int], Future[str]]
    open_key: Callable[[str, str], Future[None]]
    forget_key: Callable[[], None]
    key: Callable[[], KeyState]
