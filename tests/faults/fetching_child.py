"""Brings a case down in a process of its own, to be killed, starved of room, or put into another time.

`python -m tests.faults.fetching_child '{"home": …, "location": …, "root": …, "cap": bytes a second, "limit": bytes}'`
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from reviewer.domain.errors import ReviewerError
from reviewer.services.sync import Sync
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from tests.services.agency import CASE, NOW


def fetch(order: dict[str, Any]) -> dict[str, Any]:
    """Bring it down; what a person is told."""
    workspace, store = Workspace(Path(order["home"])), locate(order["location"])
    try:
        manifest = Trust(store, order["root"], workspace, now=lambda: NOW).manifest("r1")
        if order.get("limit"):
            resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], resource.RLIM_INFINITY))
        sync = Sync(workspace, store, lambda _event: None, cap=order.get("cap", 0))
        report = sync.fetch(CASE, [manifest])
    except ReviewerError as why:
        return {"complete": False, "fetched": 0, "kind": type(why).__name__, "said": [[why.message, why.next_step]]}
    said = [[p.message, p.next_step] for p in report.problems]
    if report.stopped:
        said.append([report.stopped.message, report.stopped.next_step])
    kind = type(report.stopped).__name__ if report.stopped else ""
    return {"complete": report.complete, "fetched": report.fetched, "kind": kind, "said": said}


if __name__ == "__main__":
    json.dump(fetch(json.loads(sys.argv[1])), sys.stdout)
