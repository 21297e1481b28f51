"""A store on the other side of the proxy, and what is held of every refusal: for the tests of buckets."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from reviewer.domain.errors import (
    ReviewerError,
)
from reviewer.stores.base import Store, locate
from tests.stores.engines.client import Engine
from tests.stores.engines.fault_proxy import FaultProxy


def behind(engine: Engine, proxy: FaultProxy, keys: Path) -> Store:
    """A store on a new bucket, on the other side of the proxy."""
    store = locate(engine.location(engine.bucket(), keys, endpoint=proxy.endpoint))
    store.check()
    return store


def new_name() -> str:
    return f"n-{uuid.uuid4().hex[:12]}"


def said(wrong: type[ReviewerError], store: Store, words: str) -> None:
    """Every way in says the same one sentence and a next step, and names no credential."""
    assert not store.reachable()
    for attempt in (
        store.check,
        lambda: store.get("a/1"),
        lambda: list(store.list("a")),
        lambda: store.put_if_absent("a/1", b"x"),
        lambda: store.replace("logs/x/checkpoint", b"x"),
        lambda: store.stream("a/1", 0, 1).__enter__(),
    ):
        with pytest.raises(wrong, match=words) as caught:
            attempt()
        assert caught.value.message.endswith(".") and caught.value.message.count(". ") == 0
        assert caught.value.next_step.endswith(".")
