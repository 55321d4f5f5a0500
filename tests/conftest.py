"""Which tests are loaded, in which order, with how many made examples; where their files are."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.memory import roomy

LONGEST = (
    "runtime/test_kill.py",
    "portrait/test_worker_references.py",
    "runtime/test_kill_taken_up.py",
    "visits/test_trouble.py",
    "demo/test_demo.py",
    "visits/test_come_back.py",
    "backend/console/test_quality.py",
    "demo/test_dock.py",
    "visits/test_liveness_visit.py",
    "portrait/test_evaluate_ends.py",
    "portrait/test_worker.py",
    "portrait/test_worker_losses.py",
    "backend/test_command_line.py",
    "backend/test_operations.py",
    "portrait/test_evaluate.py",
    "portrait/test_why.py",
    "portrait/test_encoded.py",
    "app/test_portrait_link.py",
    "app/test_refusals.py",
    "backend/console/test_desk_pages.py",
    "backend/console/test_open_pages.py",
    "backend/console/test_evidence_viewer.py",
    "portrait/test_liveness.py",
    "runtime/test_come_back.py",
    "backend/console/test_staff_visits.py",
    "session/test_mutants.py",
    "session/test_diagram.py",
    "runtime/test_watch.py",
    "portrait/test_limits.py",
    "runtime/test_visit.py",
    "diagnostics/test_diagnose.py",
    "session/test_properties.py",
    "backend/test_backup_postgresql.py",
    "backend/test_check_and_held.py",
    "backend/test_one_hop.py",
    "backend/test_processes.py",
    "backend/test_api_fuzz.py",
    "backend/console/test_numbers.py",
    "backend/console/test_report_pages.py",
    "demo/test_broken_start.py",
    "portrait/test_self_test.py",
    "app/test_run.py",
    "runtime/test_full_disk.py",
    "devices/escpos/test_receipts.py",
    "portrait/test_drop_in.py",
    "devices/sanwa/test_faults.py",
)
"""Files that take the most time of quick or slow tests; the others follow as they are found."""

MADE_WHEN_LOADED = "test_api_schema.py"
"""All of it slow, and made as it is loaded, in ten seconds of each worker."""

SAYS_SLOW = ("mark.slow", "console.browser import")
"""What a file with slow tests holds; loading all the others takes each worker seconds."""

# What passes here passes elsewhere: the same examples in each run. `make fuzz` looks for others.
settings.register_profile("same", derandomize=True)
settings.register_profile("fuzz", max_examples=2000, deadline=None)
settings.load_profile("same")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what would be loaded for nothing."""
    if config.option.markexpr == "not slow" and collection_path.name == MADE_WHEN_LOADED:
        return True
    if config.option.markexpr == "slow" and collection_path.name.startswith("test_"):
        return None if _says_slow(collection_path) else True
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; ``--no-loadscope-reorder`` keeps this order with workers."""
    here = Path(__file__).parent
    first = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(item.path, len(first)))
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    unsaid = [path.name for path in slow if not _says_slow(path)]
    assert not unsaid, f"slow, but with nothing of SAYS_SLOW in them: {unsaid}"


def pytest_configure() -> None:
    """Keep what tests write in memory, unless the run was told where."""
    if (memory := roomy()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_sessionstart() -> None:
    """Refuse a list that names what is not there."""
    missing = [name for name in LONGEST if not (Path(__file__).parent / name).is_file()]
    assert not missing, f"LONGEST names {missing}"


def _says_slow(path: Path) -> bool:
    text = path.read_text("utf-8")
    return any(words in text for words in SAYS_SLOW)
