"""Fixtures of the engines, for every folder of tests (tests/conftest.py names this module as a plugin).

`ceph`, `seaweed` and `ceph3` (three OSDs, two copies of everything) start once for a pytest run and are shared between
its workers. Where one cannot start, the tests that need it fail; `REVIEWER_NO_CEPH=1` makes that a skip, said loudly,
for a machine that cannot have Ceph. It must not be set where results count.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.stores.engines.client import Engine, engine

NO_CEPH = "REVIEWER_NO_CEPH"


def _run(request: pytest.FixtureRequest) -> str:
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"alone-{os.getpid()}"


def _engine(request: pytest.FixtureRequest, kind: str) -> Iterator[Engine]:
    if kind.startswith("ceph") and os.environ.get(NO_CEPH) == "1":
        pytest.skip(f"NOT TESTED ON CEPH: {NO_CEPH}=1 is set, so nothing here was held against a real Object Lock.")
    made = engine(kind, _run(request))
    yield made
    made.close()


@pytest.fixture(scope="session")
def ceph(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Ceph RGW with one OSD."""
    yield from _engine(request, "ceph")


@pytest.fixture(scope="session")
def ceph3(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Ceph RGW with three OSDs and two copies of everything: one of them may be stopped."""
    yield from _engine(request, "ceph3")


@pytest.fixture(scope="session")
def seaweed(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """SeaweedFS."""
    yield from _engine(request, "seaweed")
