"""Embedding many pictures on all processors, by processes that end with this one.

Ctrl-C is for the process that asks, never for those that work: they are ended by it, and end by
themselves when it is gone.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2

from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.encoded import MAX_ENCODED_BYTES, decode_image
from kiosk.portrait.fusion import Models, Template, load_models, still_template
from kiosk.portrait.pairs import EvaluationError
from kiosk.portrait.progress import Report

_AT_A_TIME = 8  # pictures a process is given
_NAME_SHOWN = 80  # characters of a picture's name in an error
_READ_BYTES = MAX_ENCODED_BYTES + 4096  # a byte more than any picture with its record's header


class Fault(StrEnum):
    """Why a picture has no numbers."""

    UNREADABLE = "unreadable"
    WITHOUT_FACE = "without_face"


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """Each picture's numbers by its name, and what is wrong with those that have none."""

    templates: dict[str, Template | None]
    faults: dict[str, Fault]

    def named(self, fault: Fault) -> list[str]:
        """Return the names of the pictures with this fault."""
        return [name for name, found in self.faults.items() if found is fault]


def find_pictures(images: Sequence[str], folder: Path) -> dict[str, Path]:
    """Return where each picture lies; EvaluationError for one that is not there."""
    return {image: _find(folder, image) for image in images}


def embed_all(pictures: Mapping[str, Path], settings: WorkerSettings, progress: Report) -> Embedded:
    """Embed every picture once, on all processors.

    EvaluationError when a process is lost. Whatever ends this, no process is left behind.
    """
    paths = [str(path) for path in pictures.values()]
    done = Embedded({}, {})
    with _pool(settings) as pool:
        with _interrupts_ignored():  # what is started here ignores them from its first moment
            results = pool.map(_embed_file, paths, chunksize=_AT_A_TIME)
        try:
            for image, found in zip(pictures, results, strict=True):
                done.templates[image] = None if isinstance(found, Fault) else found
                if isinstance(found, Fault):
                    done.faults[image] = found
                progress(len(done.templates), len(paths))
        except BrokenProcessPool as error:
            raise EvaluationError(
                "a process that looks at pictures was lost (killed, or no memory left?) "
                f"after {len(done.templates)} of {len(paths)}"
            ) from error
    return done


def _find(folder: Path, image: str) -> Path:
    path = folder / image
    shown = image if len(image) <= _NAME_SHOWN else f"{image[:_NAME_SHOWN]}..."
    try:
        there = path.is_file()
    except OSError as error:
        raise EvaluationError(f"{folder}: {shown}: {error.strerror}") from error
    if not there:
        raise EvaluationError(f"{folder / shown}: no such picture")
    if not os.access(path, os.R_OK):
        raise EvaluationError(f"{folder / shown}: cannot be read")
    return path


@contextlib.contextmanager
def _pool(settings: WorkerSettings) -> Iterator[ProcessPoolExecutor]:
    """Lend the processes; on any error they are ended at once, and waited for."""
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        os.cpu_count() or 1,
        mp_context=multiprocessing.get_context("spawn"),  # no fork beside native threads
        initializer=_start,
        initargs=(str(settings.models), settings.engine),
    )
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say, and only it is interrupted
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_models: Models | None = None  # one set for each process of the pool


def _start(folder: str, engine: str) -> None:
    global _models  # the pool offers no other place for a process's models
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    _models = load_models(Path(folder), engine, None)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _embed_file(path: str) -> Template | Fault:
    """Return the numbers of the main face of a picture, or why there are none."""
    if _models is None:
        raise EvaluationError("models are not loaded")
    try:
        with Path(path).open("rb") as stream:
            image = decode_image(stream.read(_READ_BYTES))
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror}") from error
    if image is None:
        return Fault.UNREADABLE
    return still_template(_models, image) or Fault.WITHOUT_FACE
