"""``convener names screen`` and its cache, its second core, and its end in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_names_screen import LIST, Asked, ask, rows_of

pytestmark = [pytest.mark.req("SCR-5"), pytest.mark.req("SCR-2")]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that several tests share, so that words are made ready once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A small list."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def copied(cache: Path, folder: Path) -> Path:
    """A cache of its own that has the words, which take long to make ready, and no list."""
    (folder / "names").mkdir(parents=True)
    for file in (cache / "names").glob("words-*"):
        shutil.copy(file, folder / "names")
    return folder


def kept(cache: Path) -> dict[str, int]:
    """The lists that are kept, with the number of the file of each: another where it was written anew."""
    return {file.name: file.stat().st_ino for file in (cache / "names").glob("list-*")}


def test_a_list_is_read_once_and_again_when_it_changes_or_its_copy_is_damaged(
    tmp_path: Path, listed: Path, cache: Path
) -> None:
    cache, content = copied(cache, tmp_path / "cache"), "id,name\n1,Banco Nacional de Cuba\n2,Ivan Sokolov\n"
    first = ask(tmp_path, listed, cache, content)
    ((name, written),) = kept(cache).items()
    second = ask(tmp_path, listed, cache, content)
    assert kept(cache) == {name: written}
    assert second.rows == first.rows
    assert (cache / "names" / name).stat().st_mode & 0o077 == 0
    file = cache / "names" / name
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert ask(tmp_path, listed, cache, content).rows == first.rows
    assert len(file.read_bytes()) == len(whole)
    listed.write_text(LIST + "n,Wholly Newcome Person,,person,,,\n", encoding="utf-8")
    assert [row["entry_id"] for row in ask(tmp_path, listed, cache, "id,name\n1,Wholly Newcome Person\n").rows] == ["n"]
    assert len(kept(cache)) == 2


def test_a_cache_that_cannot_be_written_is_told_and_does_no_harm(tmp_path: Path, listed: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    queries, out = tmp_path / "q.csv", tmp_path / "o.csv"
    queries.write_text("id,name\n1,Banco Nacional de Cuba\n")
    asked = Asked(queries, out, "--list", str(listed), CONVENER_CACHE_DIR=str(taken))
    assert asked.code == 0
    assert [row["entry_id"] for row in asked.rows] == ["o1"]
    assert "could not be kept" in asked.told


def test_the_cache_of_the_account_is_used_unless_another_is_named(tmp_path: Path, listed: Path) -> None:
    queries = tmp_path / "q.csv"
    queries.write_text("id,name\n1,Banco Nacional de Cuba\n")
    Asked(queries, tmp_path / "a.csv", "--list", str(listed), XDG_CACHE_HOME=str(tmp_path / "xdg"))
    assert len(kept(tmp_path / "xdg" / "convener")) == 1
    variables = {"XDG_CACHE_HOME": str(tmp_path / "other"), "CONVENER_CACHE_DIR": str(tmp_path / "own")}
    Asked(queries, tmp_path / "b.csv", "--list", str(listed), **variables)
    assert len(kept(tmp_path / "own")) == 1
    assert not (tmp_path / "other").exists()


def started(*arguments: str, cores: int = 2) -> subprocess.Popen[str]:
    """The command, going on by itself."""
    cpus = set(list(os.sched_getaffinity(0))[:cores])

    def prepare() -> None:
        os.sched_setaffinity(0, cpus)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what a shell starts in the background ignores Ctrl-C

    return subprocess.Popen(
        [sys.executable, "-m", "convener", "names", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=prepare,
    )  # fmt: skip


def many(path: Path, count: int) -> Path:
    """A file of many names."""
    rows = (
        f"{number},{('Ivan Sokolov', 'Banco Nacionál', 'Zoltan Quux')[number % 3]} {number}" for number in range(count)
    )
    path.write_text("id,name\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_two_cores_answer_as_one_does(tmp_path: Path, listed: Path, cache: Path) -> None:
    queries, outs = many(tmp_path / "q.csv", 4_000), []
    for cores in (1, 2):
        outs.append(tmp_path / f"{cores}.csv")
        given = ("--list", f"ours={listed}", "--out", str(outs[-1]), "--cache", str(cache))
        process = started("screen", str(queries), *given, cores=cores)
        told = process.communicate(timeout=120)
        assert process.returncode == 0, told
    assert outs[0].read_bytes() == outs[1].read_bytes()
    answered = list(dict.fromkeys(row["query_id"] for row in rows_of(outs[0])))
    assert answered == [str(number) for number in range(4_000)]


def test_killed_in_the_middle_it_leaves_no_out(tmp_path: Path, listed: Path, cache: Path) -> None:
    queries, out = many(tmp_path / "q.csv", 200_000), tmp_path / "folder" / "out.csv"
    out.parent.mkdir()
    for how in (signal.SIGKILL, signal.SIGINT):
        process = started("screen", str(queries), "--list", str(listed), "--out", str(out), "--cache", str(cache))
        deadline = time.monotonic() + 120
        while not any(file.stat().st_size > 1_000 for file in out.parent.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert process.poll() is None
        assert any(file.stat().st_size > 1_000 for file in out.parent.iterdir())
        process.send_signal(how)
        process.communicate(timeout=60)
        assert process.returncode != 0
        assert not out.exists()
        left = list(out.parent.iterdir())
        assert (how, len(left)) in ((signal.SIGKILL, 1), (signal.SIGINT, 0))
        for file in left:
            file.unlink()


def test_two_at_once_with_an_empty_cache(tmp_path: Path, listed: Path) -> None:
    queries, cache = many(tmp_path / "q.csv", 20), tmp_path / "cache"
    outs = [tmp_path / f"{number}.csv" for number in range(2)]
    given = ("--list", str(listed), "--cache", str(cache))
    processes = [started("screen", str(queries), "--out", str(out), *given) for out in outs]
    for process in processes:
        process.communicate(timeout=120)
    assert [process.returncode for process in processes] == [0, 0]
    assert len({out.read_bytes() for out in outs}) == 1
    assert [file.name for file in (cache / "names").iterdir() if file.name.endswith(".part")] == []


def test_neither_django_nor_a_hub_is_needed(tmp_path: Path, listed: Path, cache: Path) -> None:
    queries = many(tmp_path / "q.csv", 3)
    arguments = ["names", "screen", str(queries), "--list", str(listed), "--out", str(tmp_path / "o.csv")]
    code = (
        "import sys; from convener.cli import main; main(prog_name='convener', standalone_mode=False)"
        "\nexcept SystemExit as end: sys.exit(end.code or ('django' in sys.modules and 9))"
    )
    code = "try:\n import sys; from convener.cli import main; main(prog_name='convener')" + code[code.index("\n") :]
    hub = tmp_path / "hub"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, "--cache", str(cache)],
        env=os.environ | {"CONVENER_DATA_DIR": str(hub)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not hub.exists()


@pytest.mark.data
def test_both_lists_are_asked_in_little_memory(tmp_path: Path, data: Path, cache: Path) -> None:
    ofac = tmp_path / "ofac"
    ofac.mkdir()
    for kind in ("sdn", "alt", "add"):
        (ofac / f"{kind}.csv").symlink_to(data / "watchlists" / f"ofac-{kind}.csv")
    queries, out = tmp_path / "q.csv", tmp_path / "o.csv"
    queries.write_text("id,name\n1,Banco Nacional de Cuba\n")
    given = (
        "--list",
        f"OFAC={ofac}",
        "--list",
        f"UN={data / 'watchlists' / 'un-consolidated.xml'}",
        "--cache",
        str(cache),
    )
    code = (
        "import atexit, pathlib, sys\n"
        "def tell():\n"  # not getrusage: its peak begins with that of the process that started this one
        "    lines = pathlib.Path('/proc/self/status').read_text().splitlines()\n"
        "    print(next(line.split()[1] for line in lines if line.startswith('VmHWM')), file=sys.stderr)\n"
        "atexit.register(tell)\n"
        "from convener.cli import main; main(prog_name='convener')"
    )
    most = 0
    for _time in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code, "names", "screen", str(queries), *given, "--out", str(out), "--force"],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        most = max(most, int(done.stderr.split()[-1]))
    assert rows_of(out)[0]["entry_id"] == "306"
    assert most < 400 * 1024
