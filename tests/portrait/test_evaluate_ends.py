"""``python -m kiosk evaluate`` ends with one line and no process left behind, whatever ends it."""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.__main__ import main
from tests.portrait.pictures import MODELS, ROOT, frame
from tests.portrait.test_evaluate import made_set


@pytest.fixture
def long_list(tmp_path: Path) -> Path:
    """Many pictures, so that there is time to end it."""
    rows = ["image_a,image_b,same"]
    cv2.imwrite(str(tmp_path / "first.png"), frame("a", scale=1.2))
    for number in range(400):
        (tmp_path / f"p{number}.png").symlink_to(tmp_path / "first.png")
        rows.append(f"first.png,p{number}.png,1")
    (tmp_path / "pairs.csv").write_text("\n".join(rows))
    return tmp_path / "pairs.csv"


class Running:
    """The command at work, its first pictures done."""

    def __init__(self, pairs: Path) -> None:
        command = [sys.executable, "-m", "kiosk", "evaluate", "--engine", "sface"]
        command += ["--pairs", str(pairs), "--images", str(pairs.parent)]
        self.process = subprocess.Popen(
            [*command, "--out", str(pairs.parent / "out")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stderr is not None
        while " pictures, " not in self.process.stderr.readline():
            assert self.process.poll() is None
        self.workers = [pid for pid in descendants(self.process.pid) if "spawn_main" in said(pid)]
        assert self.workers

    def ends(self) -> tuple[int, str]:
        """Return the exit code and what was said last, when no worker is left."""
        _, error = self.process.communicate(timeout=60)
        until_s = time.monotonic() + 20
        while any(alive(pid) for pid in self.workers):
            assert time.monotonic() < until_s, "a process is left behind"
            time.sleep(0.05)
        lines = [line for line in error.splitlines() if " pictures, " not in line]
        return self.process.returncode, "\n".join(lines)


def said(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in children for child in path.read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def running(long_list: Path) -> Iterator[Running]:
    command = Running(long_list)
    yield command
    if command.process.poll() is None:
        command.process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_is_one_line_and_leaves_nobody_at_work(running: Running, times: int) -> None:
    for _ in range(times):  # to the whole group, as a terminal does
        subprocess.run(["kill", "-INT", "--", f"-{running.process.pid}"], check=True)
        time.sleep(0.05)
    assert running.ends() == (130, "error: stopped by SIGINT")


@pytest.mark.slow
def test_a_stop_is_one_line_and_leaves_nobody_at_work(running: Running) -> None:
    running.process.terminate()
    assert running.ends() == (143, "error: stopped by SIGTERM")


@pytest.mark.slow
def test_whoever_works_ends_when_the_command_is_killed(running: Running) -> None:
    running.process.kill()
    code, _ = running.ends()
    assert code == -signal.SIGKILL


@pytest.mark.slow
def test_a_lost_process_is_one_line(running: Running) -> None:
    subprocess.run(["kill", "-KILL", str(running.workers[0])], check=True)
    code, line = running.ends()
    assert code == 2
    assert "a process that looks at pictures was lost" in line
    assert "\n" not in line


def evaluate_command(pairs: Path, *more: str) -> int:
    arguments = ["evaluate", "--engine", "sface", "--models", str(MODELS), "--pairs", str(pairs)]
    return main(
        [*arguments, *more, "--images", str(pairs.parent), "--out", str(pairs.parent / "out")]
    )


@pytest.mark.parametrize("name", ["report.json", "det.png", "scores.png"])
def test_a_folder_where_a_result_goes_is_told_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "out" / name).mkdir(parents=True)
    assert evaluate_command(made_set(tmp_path)) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"{name}: is a folder" in error


def test_a_result_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = made_set(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # as on a disk that is full
    try:
        code = evaluate_command(pairs)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 2
    assert "det.png: cannot be written: File too large" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("name", ["x" * 5000, "a/" * 3000 + "b", "none.png"])
def test_a_name_that_no_picture_can_have_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"image_a,image_b,same\n{name},{name},1\n")
    assert evaluate_command(pairs) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert len(error) < 400


def test_no_impostor_pair_is_said_with_what_helps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = made_set(tmp_path)
    pairs.write_text("image_a,image_b,same\na_0001.png,a_0002.png,yes\n")
    assert evaluate_command(pairs, "--all-impostors") == 0
    error = capsys.readouterr().err
    assert "by file names and genuine pairs; people: 1, pictures: 2\n" in error
    assert "note: no impostor pair: FMR and thresholds are not known" in error
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["people"] == {
        "count": 1,
        "found_by": "file names and genuine pairs",
        "contradicting_lines": [],
    }
    assert [f"note: {note}" for note in report["notes"]] == [
        line for line in error.splitlines() if " pictures, " not in line
    ]


def test_pictures_that_cannot_be_compared_are_counted_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = made_set(tmp_path)
    picture = frame("a", scale=1.2)
    for ending in ("bmp", "webp", "gif"):
        cv2.imwrite(str(tmp_path / f"odd.{ending}"), picture)
    whole = cv2.imencode(".png", picture)[1].tobytes()
    (tmp_path / "cut.png").write_bytes(whole[:40])
    (tmp_path / "empty.jpg").write_bytes(b"")
    cv2.imwrite(str(tmp_path / "large.png"), np.zeros((10, 6001, 3), np.uint8))
    unreadable = ["cut.png", "empty.jpg", "large.png", "odd.bmp", "odd.gif", "odd.webp"]
    with pairs.open("a") as stream:
        stream.writelines(f"a_0001.png,{name},1,x\n" for name in unreadable)
    assert evaluate_command(pairs) == 0
    error = capsys.readouterr().err
    assert "note: 6 pictures unreadable" in error
    assert ": cut.png, empty.jpg, large.png, odd.bmp, odd.gif, ...\n" in error
    assert "note: 1 picture without a face: a_0004.png\n" in error
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["unreadable"] == unreadable
    assert report["without_face"] == ["a_0004.png"]
    assert report["fte"] == 7 / 13
