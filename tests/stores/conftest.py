"""A real engine each, credentials for it, and a proxy that fails on purpose, for the tests of buckets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores.engines.client import Engine
from tests.stores.engines.fault_proxy import FaultProxy


@pytest.fixture(params=["ceph", "seaweed"])
def engine(request: pytest.FixtureRequest) -> Engine:
    made: Engine = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def keys(engine: Engine, tmp_path: Path) -> Path:
    return engine.keys_file(tmp_path)


@pytest.fixture
def proxy(engine: Engine) -> Iterator[FaultProxy]:
    with FaultProxy(engine.http) as made:
        yield made
