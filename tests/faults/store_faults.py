"""The table of faults: what is done, and on which engines it makes sense."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest import mock

from reviewer.services.sync import PATIENCE
from reviewer.stores import s3_errors
from tests.faults import in_the_store, on_the_way, on_this_machine
from tests.faults.store_site import Site
from tests.stores.engines.client import Engine

BOTH = ("ceph", "seaweed")
_SHORTER = 20


@dataclass(frozen=True)
class Fault:
    """`quick` and `full` are the same thing in different lengths; without `quick` it is tried in full runs only."""

    name: str
    quick: Callable[[Site], None] | None
    full: Callable[[Site], None]
    engines: tuple[str, ...] = BOTH


def _both(name: str, play: Callable[[Site], None], *engines: str) -> Fault:
    return Fault(name, play, play, engines or BOTH)


FAULTS = (
    _both("cut mid-object", on_the_way.cut_mid_object),
    _both("early close", on_the_way.early_close),
    _both("503 SlowDown on 3 of 4 requests", on_the_way.slow_down),
    Fault("503 SlowDown on every request", None, on_the_way.too_busy),
    _both("byte flipped in flight", on_the_way.byte_flipped),
    _both("truncated object", on_the_way.truncated),
    _both("wrong length", on_the_way.wrong_length),
    _both("disk full, then room", on_this_machine.disk_full),
    Fault("kill -9 at random bytes", on_this_machine.killed, partial(on_this_machine.killed, times=20)),
    _both("two instances", on_this_machine.two_instances),
    _both("object deleted", in_the_store.deleted),
    _both("object overwritten", in_the_store.overwritten),
    _both("rolled back roster", in_the_store.roster_rolled_back),
    _both("expired roster", in_the_store.roster_expired),
    _both("clock 20 min off", on_the_way.clock_off),
    _both("credentials expire mid-object", in_the_store.credentials_expire),
    _both("one OSD of three killed", in_the_store.osd_killed, "ceph3"),
    _both("DNS gone", on_the_way.name_gone),
    _both("TLS certificate of another CA", on_the_way.other_certificate),
    _both("a share unmounted mid-read", on_this_machine.share_unmounted, "folder"),
)


def play(fault: Fault, engine: Engine | None, folder: Path, *, quick: bool) -> None:
    """Let it happen. Raises AssertionError with the sentence that says what did not hold."""
    run = fault.quick if quick else fault.full
    assert run is not None, "this one is for full runs"
    with Site(folder, engine) as site, _impatient(site) if quick else nullcontext():
        run(site)


@contextmanager
def _impatient(site: Site) -> Iterator[None]:
    """As many tries as ever, with a twentieth of the pauses between them."""
    site.patience = tuple(pause / _SHORTER for pause in PATIENCE)
    with mock.patch.object(s3_errors, "LONGEST_PAUSE", s3_errors.LONGEST_PAUSE / _SHORTER):
        yield
