"""The sections of the sync bench: transfers from a real Ceph over https beside plain copies of the same, and what is
done with objects that are here (see `tests.bench`)."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import obstore
from botocore.config import Config
from obstore.store import S3Store

from reviewer.sealing.source import SealedSource
from reviewer.sealing.stream import new_data_key, seal
from reviewer.services.quarantine import digest
from tests.bench.figures import Figure
from tests.bench.machine import ROOT, Missing, Say, facts
from tests.stores.engines.client import Engine, engine
from tests.stores.engines.processes import EngineFailed

_MIB = 1 << 20
FIGURES = (
    Figure("large_vs_curl", "large", "one large object, fsync and hash, over curl’s plain copy", 0.9, True),
    Figure("small_vs_plain", "small", "objects of 1 MB, over the best parallel plain copy", 0.8, True),
    Figure("refetched_mib", "killed", "MiB fetched again after kill -9, most of all", 8),
    Figure("verify_vs_openssl", "verify", "hashing a cached object, over openssl dgst", 0.8, True),
    Figure("random_read_p95_ms", "random", "64 KiB anywhere in a sealed object, warm", 1),
    Figure("sync_mb", "large", "memory of a process that syncs, all of it, MB", 200),
    Figure("list_ms", "list", "assigned list of 10,000 recordings shown", 300),
)
SECTIONS = tuple(dict.fromkeys(f.section for f in FIGURES))
_ENGINE = ("large", "small", "killed")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: bytes of the large object, how many small ones, pairs of runs, kills, random reads."""

    large: int = 1_500_000_000
    small: int = 2_000
    pairs: int = 3
    kills: int = 6
    reads: int = 2_000


QUICK = Extent(48_000_000, 60, 1, 2, 200)


@dataclass
class Bench:
    """What the sections share: a folder that goes afterwards, and a bucket with the objects."""

    folder: Path
    extent: Extent
    say: Say
    engine: Engine | None = None
    location: str = ""
    bucket: str = ""
    large: tuple[str, int] = ("", 0)
    small: list[tuple[str, int]] = field(default_factory=list)

    def home(self) -> Path:
        """A new empty workspace."""
        return Path(tempfile.mkdtemp(dir=self.folder, prefix="home-"))

    def order(self, home: Path, *objects: tuple[str, int]) -> list[str]:
        """The command of a process that brings these objects into a workspace."""
        order = home.with_suffix(".json")
        order.write_text(json.dumps({"location": self.location, "home": str(home), "objects": objects}))
        return [sys.executable, "-m", "tests.bench.sync_child", str(order)]

    def ours(self, *objects: tuple[str, int]) -> dict[str, Any]:
        """Bring them into a new workspace, in a process of its own."""
        home = self.home()
        try:
            return _answer(self.order(home, *objects))
        finally:
            shutil.rmtree(home, ignore_errors=True)


def path_of(name: str) -> str:
    """Where an object lies in a store."""
    return f"objects/{name[:2]}/{name}"


def measure(sections: list[str], extent: Extent, say: Say) -> dict[str, Any]:
    """Run these sections and give their figures; what could not be measured stands in "missing"."""
    found: dict[str, Any] = {"machine_before": facts(), "missing": {}}
    with tempfile.TemporaryDirectory(prefix="reviewer-sync-") as folder:
        bench = Bench(Path(folder), extent, say)
        with _store(bench, sections, found["missing"]) as usable:
            for section in usable:
                began = time.monotonic()
                try:
                    found |= _MEASURE[section](bench)
                except (Missing, RuntimeError) as wrong:
                    found["missing"][section] = str(wrong)
                say(f"{section}: done ({time.monotonic() - began:.0f} s)")
    return found | {"machine_after": facts()}


@contextmanager
def _store(bench: Bench, sections: list[str], missing: dict[str, str]) -> Iterator[list[str]]:
    """Ceph with the objects in it, if a section needs it; the sections that can be measured."""
    if not set(sections) & set(_ENGINE):
        yield sections
        return
    try:
        bench.engine = engine("ceph", f"bench-{os.getpid()}")
    except EngineFailed as wrong:
        missing |= {each: str(wrong) for each in sections if each in _ENGINE}
        yield [each for each in sections if each not in _ENGINE]
        return
    try:
        _fill(bench, sections)
        yield sections
    finally:
        bench.engine.close()


def _fill(bench: Bench, sections: list[str]) -> None:
    assert bench.engine is not None
    bench.bucket = bench.engine.bucket()
    bench.location = bench.engine.location(bench.bucket, bench.engine.keys_file(bench.folder))
    client = bench.engine.client()
    if {"large", "killed"} & set(sections):
        file = bench.folder / "large"
        bench.large = _random_file(file, bench.extent.large), bench.extent.large
        client.upload_file(str(file), bench.bucket, path_of(bench.large[0]))
        file.unlink()
    if "small" in sections:

        def put(_number: int) -> tuple[str, int]:
            data = os.urandom(1_000_000)
            name = hashlib.sha256(data).hexdigest()
            client.put_object(Bucket=bench.bucket, Key=path_of(name), Body=data)
            return name, len(data)

        with ThreadPoolExecutor(4) as pool:
            bench.small = list(pool.map(put, range(bench.extent.small)))
    client.close()
    bench.say("objects are in the store")


def _random_file(path: Path, size: int) -> str:
    sha = hashlib.sha256()
    with path.open("wb") as file:
        for at in range(0, size, 16 * _MIB):
            data = os.urandom(min(16 * _MIB, size - at))
            file.write(data)
            sha.update(data)
    return sha.hexdigest()


def _answer(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if not found["complete"]:
        raise RuntimeError(f"it did not come down: {found['stopped']}")
    return found


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _ratio(pairs: list[tuple[float, float]]) -> dict[str, Any]:
    """Their time over ours: 1 is as fast, more is faster."""
    each = [theirs / ours for theirs, ours in pairs]
    return {"median": round(statistics.median(each), 3), "min": round(min(each), 3), "max": round(max(each), 3)} | {
        "pairs": len(each)
    }


# -- sections --------------------------------------------------------------------------------------------------------


def _large(bench: Bench) -> dict[str, Any]:
    """curl to a file and fsync, ours with the hash and fsync, in turns."""
    assert bench.engine is not None
    name, size = bench.large
    address, ca, target = _signer(bench)(name), bench.engine.ca, bench.folder / "curl"

    def curl() -> None:
        subprocess.run(["curl", "-sS", "--fail", "--cacert", ca, "-o", str(target), address], check=True)
        _sync_file(target)

    pairs, memory = [], 0.0
    for _ in range(bench.extent.pairs):
        theirs = _timed(curl)
        target.unlink()
        ours = bench.ours(bench.large)
        memory = max(memory, ours["mb"])
        pairs.append((theirs, ours["seconds"]))
        bench.say(f"  curl {size / theirs / 1e6:.0f} MB/s, ours {size / ours['seconds'] / 1e6:.0f} MB/s")
    ratio = _ratio(pairs)
    return {"large_vs_curl": ratio["median"], "large_vs_curl_pairs": ratio, "sync_mb": round(memory, 1)}


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _small(bench: Bench) -> dict[str, Any]:
    """Plain parallel copies by curl and by obstore, neither with hash nor fsync; the faster one counts."""
    pairs = []
    signed = _signer(bench)
    config = bench.folder / "curl.config"
    target = bench.folder / "plain"
    for _ in range(bench.extent.pairs):
        lines = (f'url = "{signed(name)}"\noutput = "{target / name}"\n' for name, _ in bench.small)
        config.write_text("".join(lines))
        target.mkdir()
        theirs = _timed(lambda: _curl_all(bench, config))
        shutil.rmtree(target)
        target.mkdir()
        other = _timed(lambda: _obstore_all(bench, target))
        shutil.rmtree(target)
        ours = bench.ours(*bench.small)["seconds"]
        bench.say(f"  curl {theirs:.2f} s, obstore {other:.2f} s, ours {ours:.2f} s")
        pairs.append((min(theirs, other), ours))
    ratio = _ratio(pairs)
    return {"small_vs_plain": ratio["median"], "small_vs_plain_pairs": ratio}


def _signer(bench: Bench) -> Callable[[str], str]:
    """Gives signed https addresses of objects, for programs that know nothing of S3; they hold for the host they were
    made for."""
    assert bench.engine is not None
    client = boto3.client(
        "s3",
        endpoint_url=bench.engine.secure,
        region_name="us-east-1",
        aws_access_key_id=bench.engine.access,
        aws_secret_access_key=bench.engine.secret,
        verify=bench.engine.ca,
        config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
    )

    def signed(name: str) -> str:
        params = {"Bucket": bench.bucket, "Key": path_of(name)}
        return str(client.generate_presigned_url("get_object", Params=params, ExpiresIn=3600))

    return signed


def _curl_all(bench: Bench, config: Path) -> None:
    assert bench.engine is not None
    words = [
        "curl",
        "-sS",
        "--fail",
        "--parallel",
        "--parallel-max",
        "8",
        "--no-progress-meter",
        "--cacert",
        bench.engine.ca,
    ]
    subprocess.run([*words, "-K", str(config)], check=True)


def _obstore_all(bench: Bench, target: Path) -> None:
    assert bench.engine is not None
    store = S3Store(
        bench.bucket,
        endpoint=bench.engine.secure,
        region="us-east-1",
        access_key_id=bench.engine.access,
        secret_access_key=bench.engine.secret,
        virtual_hosted_style_request=False,
        client_options={"root_certificate": Path(bench.engine.ca).read_bytes()},
    )

    def one(item: tuple[str, int]) -> None:
        (target / item[0]).write_bytes(memoryview(obstore.get(store, path_of(item[0])).bytes()))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, bench.small))


def _killed(bench: Bench) -> dict[str, Any]:
    """Killed at random bytes, then gone on with: how much came that had been written before."""
    name, size = bench.large
    worst, again = 0, []
    for _ in range(bench.extent.kills):
        home = bench.home()
        part = home / "cache" / name[:2] / f"{name}.part"
        until = random.randrange(size // 20, size * 9 // 10)  # noqa: S311 - no secret
        with subprocess.Popen(bench.order(home, bench.large), cwd=ROOT, stdout=subprocess.DEVNULL) as child:
            while child.poll() is None and _written(part) < until:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(0.002)
            child.kill()
        written = _written(part)
        if not written:
            continue  # it was faster
        found = _answer(bench.order(home, bench.large))
        again.append(max(0, found["received"] - (size - written)))
        worst = max(worst, again[-1])
        shutil.rmtree(home)
    if not again:
        raise Missing("every transfer ended before it could be killed")
    return {"refetched_mib": round(worst / _MIB, 2), "refetched_kills": len(again)}


def _written(part: Path) -> int:
    with suppress(OSError):
        stat = part.stat()
        return min(stat.st_size, stat.st_blocks * 512)
    return 0


def _verify(bench: Bench) -> dict[str, Any]:
    """What the vault does before an object that it does not know is opened, beside openssl, on a warm file."""
    file = bench.folder / "cached"
    _random_file(file, bench.extent.large // 3)

    def ours() -> None:
        with file.open("rb", buffering=0) as raw:
            digest(raw)

    def theirs() -> None:
        subprocess.run(["openssl", "dgst", "-sha256", str(file)], check=True, stdout=subprocess.DEVNULL)

    ours()
    pairs = [(_timed(theirs), _timed(ours)) for _ in range(bench.extent.pairs + 2)]
    file.unlink()
    ratio = _ratio(pairs)
    return {"verify_vs_openssl": ratio["median"], "verify_vs_openssl_pairs": ratio}


def _random(bench: Bench) -> dict[str, Any]:
    """64 KiB at random places through the reader that the decoders have."""
    plain, sealed, key = bench.folder / "plain-file", bench.folder / "sealed", new_data_key()
    size = min(bench.extent.large, 256 * _MIB)
    _random_file(plain, size)
    with plain.open("rb") as source, sealed.open("wb") as sink:
        seal(source, sink, key, b"bench")
    plain.unlink()
    took = []
    with SealedSource(sealed, key, b"bench")() as reader:
        for _ in range(bench.extent.reads):
            at = random.randrange(size - 65_536)  # noqa: S311 - no secret
            began = time.perf_counter()
            reader.seek(at)
            reader.read(65_536)
            took.append(time.perf_counter() - began)
    sealed.unlink()
    took.sort()
    return {
        "random_read_p95_ms": round(took[len(took) * 95 // 100] * 1000, 3),
        "random_read_p50_ms": round(took[len(took) // 2] * 1000, 3),
    }


def _list(bench: Bench) -> dict[str, Any]:
    """The custodian's list."""
    try:
        from tests.bench.listing import listing  # type: ignore[import-not-found]
    except ImportError:
        raise Missing("the list of recordings has no bench of its own yet") from None
    found: dict[str, Any] = listing(bench.folder)
    return found


_MEASURE: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "large": _large,
    "small": _small,
    "killed": _killed,
    "verify": _verify,
    "random": _random,
    "list": _list,
}
