"""docs/visit.md shows what the flow does now."""

from tests.session.diagram import PAGE, observe, page


def test_the_diagram_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(observe()), (
        "docs/visit.md is stale: run python -m tests.session.diagram"
    )
