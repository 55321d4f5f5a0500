"""The order of the tests: whole files, the longest first, so that no core waits at the end."""

from pathlib import Path

import pytest

LONGEST = (
    "visits/test_trouble.py",
    "demo/test_demo.py",
    "runtime/test_kill.py",
    "portrait/test_worker.py",
    "demo/test_dock.py",
    "backend/test_api_fuzz.py",
    "backend/test_operations.py",
    "portrait/test_evaluate.py",
    "session/test_mutants.py",
    "backend/console/test_quality.py",
    "backend/test_command_line.py",
    "runtime/test_visit.py",
    "session/test_diagram.py",
    "session/test_properties.py",
    "portrait/test_liveness.py",
)
"""Files that take a quarter of a minute or more; the others follow as they are found."""


LOADED_FOR_SLOW = "test_api_schema.py"
"""Makes its cases as it is loaded, in ten seconds of each worker."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what would be loaded for nothing."""
    for_nothing = collection_path.name == LOADED_FOR_SLOW and config.option.markexpr == "not slow"
    return True if for_nothing else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; ``--no-loadscope-reorder`` keeps this order with workers."""
    here = Path(__file__).parent
    first = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(item.path, len(first)))


def pytest_sessionstart() -> None:
    """Refuse a list that names what is not there."""
    missing = [name for name in LONGEST if not (Path(__file__).parent / name).is_file()]
    assert not missing, f"LONGEST names {missing}"
