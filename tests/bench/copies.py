"""The proxies of the nine cameras, made before the window is opened: brought down by `Sync`, made by `Proxies`, on a
machine that is never too busy. They stay with the case, so this is slow once."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from reviewer.services.demo import PEOPLE
from reviewer.services.machine import Machine
from reviewer.services.proxy import Proxies, ProxyState, ProxyStatus
from reviewer.services.queue import case_manifests
from reviewer.services.session import Session, log_on
from reviewer.services.sync import Sync
from reviewer.services.trust import Trust
from reviewer.services.vault import Vault
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from tests.bench.clips import NINE
from tests.bench.incident import CASE
from tests.bench.machine import Missing, cpu_seconds
from tests.bench.rolling import folder_of

_PATIENCE = 900.0
_OVER = (ProxyState.DONE, ProxyState.OFF, ProxyState.STOPPED)


class _Idle(Machine):
    """Whatever else runs: the bench is not to wait for it."""

    def is_busy(self) -> bool:
        return False

    def on_battery(self) -> bool:
        return False


def run(length: float) -> dict[str, Any]:
    """How long it took, s, and what it cost."""
    folder = folder_of(NINE, length)
    workspace = Workspace(folder / "home")
    trust = Trust(locate(workspace.store_location()), workspace.setup().root, workspace)
    session = log_on(workspace, trust, f"{PEOPLE[0].name} {PEOPLE[0].badge}", PEOPLE[0].passphrase)
    try:
        manifests = tuple(case_manifests(trust, trust.assignment(CASE)).good)
        Sync(workspace, trust.store, session.journal.record).start(CASE, manifests).result()
        session.open_case(CASE)
        return _make(session, workspace, trust) | {"mb": round(_size(workspace.home / "proxies"), 1)}
    finally:
        session.log_off()


def _make(session: Session, workspace: Workspace, trust: Trust) -> dict[str, Any]:
    over = threading.Event()
    said: list[ProxyStatus] = []

    def told(status: ProxyStatus) -> None:
        said.append(status)
        if status.state in _OVER:
            over.set()

    vault = Vault(workspace, trust, session.grants, session.journal.record)
    record = session.journal.record
    proxies = Proxies(
        vault, trust, session.grants, workspace, record, session.user.id, told=told, machine=_Idle(), keep_free=10**9
    )
    began, used = time.perf_counter(), cpu_seconds()
    proxies.start()
    over.wait(_PATIENCE)
    proxies.close()
    last = next((s for s in reversed(said) if s.state in _OVER), None)
    if last is None or last.state is not ProxyState.DONE or last.left_out or not last.total:
        raise Missing(f"no proxies could be made: {last or said[-1:]}")
    return {"seconds": round(time.perf_counter() - began, 1), "cpu_s": round(cpu_seconds() - used, 1)}


def _size(folder: Path) -> float:
    """MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
