"""The walls of the house, as tests: what ARCHITECTURE.md says of the code is checked on the code.

Import directions are import-linter's (pyproject.toml); here they are run once, and each contract is broken once in a
copy, so that a contract that no longer catches anything is noticed.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ROOT / "reviewer"
TESTS = ROOT / "tests"
LONGEST = 500  # lines a file

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def code() -> list[Path]:
    return sorted(CODE.rglob("*.py"))


def name(path: Path) -> str:
    """A file's module: reviewer.services.vault."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def at(path: Path, node: ast.AST | None = None) -> str:
    line = getattr(node, "lineno", None)
    return path.relative_to(ROOT).as_posix() + (f":{line}" if line else "")


def dotted(node: ast.expr) -> str:
    """`time.sleep` of the expression time.sleep; "" for what is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def imports(path: Path) -> set[str]:
    """What a file imports: modules, and names in them (reviewer.services, reviewer.services.vault, …)."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


# -- floors ----------------------------------------------------------------------------------------------------------


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on the `reviewer` in this folder, by the contracts of the pyproject.toml in it."""
    run = "import sys; from importlinter.cli import lint_imports_command as lint; sys.argv[0] = 'lint-imports'; lint()"
    command = [sys.executable, "-c", run, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_imports_go_down_only() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "forbidden", "contract"),
    [
        ("domain/errors.py", "import reviewer.services.vault", "Floors"),
        ("media/deck.py", "import reviewer.maps.archive", "Floors"),
        ("services/vault.py", "import reviewer.ui.theme", "Floors"),
        ("services/vault.py", "import PySide6.QtCore", "Qt only in ui and app"),
        ("audit/merkle.py", "import reviewer.domain.timebase", "audit is a library of its own"),
    ],
)
def test_a_broken_contract_is_caught(tmp_path: Path, file: str, forbidden: str, contract: str) -> None:
    shutil.copytree(CODE, tmp_path / "reviewer", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = tmp_path / "reviewer" / file
    broken.write_text(f"{broken.read_text(encoding='utf-8')}\n{forbidden}\n", encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(rf"^{re.escape(contract)}.* BROKEN$", done.stdout, re.MULTILINE), done.stdout


def test_every_room_stands_on_a_floor() -> None:
    """A room that no contract names has no walls. `config` and `__main__` hold no rule of any floor."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floors = {
        room.strip() for c in contracts if c["type"] == "layers" for floor in c["layers"] for room in floor.split("|")
    }
    rooms = {f"reviewer.{p.stem}" for p in CODE.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    assert sorted(rooms - floors - {"reviewer.__init__", "reviewer.__main__", "reviewer.config"}) == []


def test_what_is_imported_is_declared() -> None:
    """Nothing leans on a package that only happens to be installed because another one needs it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    plain = re.compile(r"[A-Za-z0-9._-]+")
    declared = {m[0].lower() for d in project["dependencies"] if (m := plain.match(d))}
    # PySide6 brings its halves (and shiboken6) under names of their own.
    declared |= {"pyside6-essentials", "pyside6-addons", "shiboken6"}
    brings = packages_distributions()
    ours = {"reviewer", *sys.stdlib_module_names}
    wrong = {
        f"{at(path)} imports {top}"
        for path in code()
        for top in {module.split(".")[0] for module in imports(path)} - ours
        if not declared.intersection(d.lower() for d in brings.get(top, ()))
    }
    assert not wrong, "\n".join(sorted(wrong))


# -- doors -----------------------------------------------------------------------------------------------------------


def test_only_the_vault_makes_a_verified_file() -> None:
    makers = {at(path) for path in code() for _, called in calls(path) if called.split(".")[-1] == "VerifiedFile"}
    assert makers == {"reviewer/services/vault.py"}


def test_pictures_leave_the_deck_only_through_the_gate() -> None:
    """`Deck.pictures` is asked by playback, which asks the gate first; screens never hold a deck."""
    asked = {at(path) for path in code() for _, called in calls(path) if called.endswith(".pictures")}
    assert asked <= {"reviewer/services/playback.py"}
    holders = {at(path) for path in code() if "reviewer.media.deck.Deck" in imports(path) and "ui" in path.parts}
    assert not holders


def test_the_log_is_appended_to_by_the_journal_only() -> None:
    writers = {at(path) for path in code() if "reviewer.audit.log.SqliteLog" in imports(path)}
    appending = {at(path) for path in code() for _, called in calls(path) if called.endswith("].log.append")}
    assert appending <= {"reviewer/services/journal.py"}
    opened = {at(path) for path in code() for _, called in calls(path) if called == "SqliteLog.open"}
    assert opened == {"reviewer/services/journal.py"} and opened <= writers


def test_libvlc_is_loaded_in_one_place_and_run_in_another_process() -> None:
    """Native code that reads the files of strangers: one file names it, one process has it."""
    named = {at(p) for p in code() if "vlc" in {m.split(".")[0] for m in imports(p)}}
    named |= {
        at(p) for p in code() for call, called in calls(p) if called.endswith("import_module") and _asks(call, "vlc")
    }
    assert named == {"reviewer/media/vlc.py"}
    players = {at(path) for path in code() if "reviewer.media.vlc.Player" in imports(path)}
    assert players == {"reviewer/ui/screening_process.py"}


def _asks(call: ast.Call, word: str) -> bool:
    return any(isinstance(each, ast.Constant) and each.value == word for each in call.args)


# What hands bytes from outside to FFmpeg, and the modules that may: all of it runs in processes apart (media/apart.py),
# but for the two that only write.
_READS = {
    "av.open",
    "open_container",
    "Decoding",
    "PartReader",
    "SoundReader",
    "gpmf_payloads",
    "stream_peaks",
    "probe",
}
_READS |= {"CameraDecoder", "SoundFeed", "read_picture"}
_APART = {
    "media/container.py": "the one call of av.open for what is played",
    "media/decoding.py": "a container with its decoder",
    "media/reader.py": "its frames in order, for the readers below",
    "media/index.py": "the frames' times",
    "media/decoder.py": "live playback, run by worker.py",
    "media/proxy_lane.py": "small copies in live playback, run by worker.py",
    "media/sound_feed.py": "sound in live playback, run by worker.py",
    "media/sound_reader.py": "the same, one part",
    "media/worker.py": "the process behind a camera",
    "media/proxy_process.py": "the process that makes small copies",
    "media/proxy.py": "writes small copies, in that process",
    "media/still.py": "one-shot, through apart.call",
    "media/waveform.py": "one-shot, through apart.pieces",
    "media/sound_window.py": "one-shot, through apart.call",
    "media/hearing.py": "one-shot, through apart.pieces",
    "media/thumbnails.py": "one-shot, through apart.pieces",
    "media/follow_process.py": "one-shot, through apart.pieces",
    "media/face_process.py": "one-shot, through apart.pieces",
    "media/render_encode.py": "stretches of new files, run by render_process.py",
    "media/render_process.py": "one-shot, through apart.call and apart.pieces",
    "media/remux.py": "one-shot, through apart.call and apart.pieces",
    "media/clip_check.py": "one-shot, through apart.pieces",
    "media/copy_check.py": "one-shot, through services/copy_check.py",
    "media/copy_check_streams.py": "the same, what FFmpeg sees of a copy",
    "media/copy_check_originals.py": "the same, what stands in it",
    "media/copy_check_hearing.py": "the same, what is heard in it",
    "intake/probe.py": "one-shot, through services/apart.py",
    "tracks/gpmf.py": "one-shot, through services/apart.py",
    "services/apart.py": "one-shot, through apart.call",
    "demo/film.py": "writes the demo's footage",
}
_ONE_SHOT = (
    "media/still.py",
    "media/waveform.py",
    "media/sound_window.py",
    "media/hearing.py",
    "media/thumbnails.py",
    "media/follow_process.py",
    "media/face_process.py",
    "media/copy_check.py",
    "services/apart.py",
)
_BY_READER = {"peaks", "stream_peaks", "stream_sound"}  # they take a reader that is open already


def _reading(called: str) -> bool:
    return called in _READS or (called.split(".")[-1] in _READS and called.split(".")[0] not in {"pile", "self"})


def test_footage_is_read_by_ffmpeg_in_processes_apart_only() -> None:
    reading = {
        path.relative_to(CODE).as_posix() for path in code() if any(_reading(called) for _, called in calls(path))
    }
    assert reading == _APART.keys()


@pytest.mark.parametrize("module", _ONE_SHOT)
def test_one_shot_readings_are_asked_for_and_never_called_in_the_app(module: str) -> None:
    """In these modules whatever comes to a reading is private or is called `read_…`; and a `read_…` is nowhere called,
    only handed to `apart.call` or `apart.pieces`."""
    path = CODE / module
    defined = {n.name: n for n in tree(path).body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    called = {
        name: {dotted(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)} for name, node in defined.items()
    }
    reads = {name for name in defined if any(_reading(each) for each in called[name])}
    while more := {name for name in defined if called[name] & reads} - reads:
        reads |= more
    assert {n for n in reads if not n.startswith(("_", "read_"))} <= _BY_READER
    entrances = {name for name in reads if name.startswith("read_")}
    assert entrances
    assert not [at(p, call) for p in code() for call, what in calls(p) if what.split(".")[-1] in entrances]


def test_the_processes_behind_cameras_and_copies_are_started_and_never_called() -> None:
    for module, entrance in (("media/worker.py", "run"), ("media/proxy_process.py", "_work")):
        imported = {at(p) for p in code() if f"reviewer.{module[:-3].replace('/', '.')}.{entrance}" in imports(p)}
        here = [CODE / module, *(CODE / Path(each).relative_to("reviewer") for each in imported)]
        assert not [at(p, call) for p in here for call, called in calls(p) if called == entrance]


def test_no_asyncio_and_no_threads_of_qt() -> None:
    wrong = {at(path) for path in code() if {m.split(".")[0] for m in imports(path)} & {"asyncio", "anyio", "trio"}}
    wrong |= {at(path) for path in code() if any(m.endswith((".QThread", ".QThreadPool")) for m in imports(path))}
    assert not wrong


# -- habits ----------------------------------------------------------------------------------------------------------


def test_nobody_sleeps() -> None:
    wrong = [at(p, call) for p in code() for call, called in calls(p) if called in {"time.sleep", "sleep"}]
    assert not wrong


def test_no_time_without_a_zone() -> None:
    """`domain.timebase` and `services.clock` are where the clock is read; nothing reads one that has no zone."""
    naive = {"utcnow", "utcfromtimestamp", "today"}
    wrong = [at(p, c) for p in code() for c, called in calls(p) if called.split(".")[-1] in naive and "date" in called]
    bare = {"datetime.now", "datetime.fromtimestamp", "datetime.datetime.now", "datetime.datetime.fromtimestamp"}
    for path in code():
        for call, called in calls(path):
            zone = len(call.args) > (0 if called.endswith("now") else 1) or any(k.arg == "tz" for k in call.keywords)
            if called in bare and not zone:
                wrong.append(at(path, call))
    assert not wrong


def test_only_the_command_line_prints() -> None:
    wrong = [at(p, call) for p in code() for call, called in calls(p) if called == "print" and p != CODE / "cli.py"]
    assert not wrong


def test_no_file_is_long() -> None:
    lengths = {at(path): len(path.read_text(encoding="utf-8").splitlines()) for path in code()}
    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST}


def _is_value(node: ast.ClassDef) -> bool:
    """An enum or a dataclass without methods: its name and fields say it all, or a comment beside them does."""
    marks = {dotted(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
    return bool(marks & {"dataclass"} or {dotted(b) for b in node.bases} & {"Enum", "StrEnum"})


def _unsaid(body: list[ast.stmt], within: str = "") -> Iterator[tuple[ast.AST, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            if ast.get_docstring(node) is None and not _is_value(node):
                yield node, node.name
            yield from _unsaid(node.body, f"{node.name}.")
        elif isinstance(node, Function) and not node.name.startswith("_") and ast.get_docstring(node) is None:
            first, last = node.body[0], node.body[-1]
            lines = (last.end_lineno or last.lineno) - first.lineno + 1
            # What Qt or the standard library calls, or three lines under a good name, needs no words of its own.
            foreign = within and (re.search(r"[a-z][A-Z]", node.name) or node.name in {"read", "readinto", "data"})
            if lines > (3 if not within else 8) and not foreign:
                yield node, f"{within}{node.name}"


def test_what_is_public_says_what_it_is() -> None:
    empty = {p for p in code() if p.name == "__init__.py" and not tree(p).body}
    wrong = [f"{at(p)}: the module" for p in code() if p not in empty and ast.get_docstring(tree(p)) is None]
    wrong += [f"{at(path, node)}: {what}" for path in code() for node, what in _unsaid(tree(path).body)]
    assert not wrong, "\n".join(wrong)


# -- tests -----------------------------------------------------------------------------------------------------------


def test_every_module_is_reached_by_a_test() -> None:
    """Imported by a test, or by a module of its own room that is: a room's inner parts are tested through its doors."""
    modules = {name(path): path for path in code() if path.name != "__init__.py" and path.parent != CODE}
    reached = {m for path in TESTS.rglob("*.py") for m in imports(path)} & modules.keys()
    todo = list(reached)
    while todo:
        module = todo.pop()
        room = module.split(".")[1]
        onward = {m for m in imports(modules[module]) & modules.keys() if m.split(".")[1] == room} - reached
        reached |= onward
        todo += onward
    assert sorted(modules.keys() - reached) == []


def test_a_noun_has_the_same_word_on_every_floor() -> None:
    """A service and a screen of the same noun have a test of that name on both floors."""
    screens = {path.stem for path in (CODE / "ui").rglob("*.py")}
    nouns = {path.stem for path in (CODE / "services").glob("*.py")} & screens - {"__init__", "clock"}
    tests = {path.relative_to(TESTS).parts[0] + "/" + path.stem for path in TESTS.rglob("test_*.py")}
    missing = {f"{floor}/test_{noun}" for noun in nouns for floor in ("services", "ui")} - tests
    assert nouns
    assert sorted(missing) == []
