# One command per habit. Each sets up what it needs and says so.
PY := .venv/bin/python
# Tests that were compiled once are not compiled anew by each worker of each stage.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test quick postgresql slow fuzz lint format screens diagram bench setup

demo: ## Play the main job on emulated hardware with a real server
	@scripts/setup demo
	@$(PY) -m demo $(ARGS)

test: setup ## Everything: lint, types and arrows beside the quick tests, PostgreSQL beside the slow ones
	@$(MAKE) --no-print-directory -j 2 lint quick
	@$(MAKE) --no-print-directory -j 2 ON_POSTGRESQL=1 slow postgresql

setup:
	@scripts/setup test

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo 2>/dev/null || .venv/bin/lint-imports

# By file: what a file sets up (a server, a browser, a whole demo) is set up once. The longest first.
BY_FILE := --dist loadfile --no-loadscope-reorder
# What tests write is in memory where there is room (tests/conftest.py): only what failed stays.
TESTS := -q $(BY_FILE) -o tmp_path_retention_policy=failed
# Its plugin takes each worker half a second to load; only slow tests use it.
NOT_SLOW := -p no:schemathesis -m "not slow"

quick: setup
	@$(PY) -m pytest -n 3 $(TESTS) $(NOT_SLOW)

# The server's tests once more, on a PostgreSQL of their own. `make test` gives them one worker, beside
# the slow tests: those wait for some of their time, and their clocks would suffer from more load.
ON_POSTGRESQL := 3
postgresql: setup
	@$(PY) -m tests.backend.postgresql -n $(ON_POSTGRESQL) $(TESTS) $(NOT_SLOW) tests/backend

slow: setup
	@$(PY) -m pytest -n 3 $(TESTS) -m slow

fuzz: setup ## Look for examples that `make test`, which takes the same ones each time, has not tried
	@$(PY) -m pytest -q -n 2 -m "hypothesis and not slow" --hypothesis-profile=fuzz

format: setup
	@.venv/bin/ruff check --fix-only -q .
	@.venv/bin/ruff format .

screens: setup ## Draw every screen in every language to out/screens
	@$(PY) -m kiosk.ui.gallery --out out/screens

diagram: setup ## Draw docs/visit.md anew from transitions that really happen
	@$(PY) -m tests.session.diagram

bench: setup ## Measure a whole kiosk on this machine: reading, deciding, screen, start, memory
	@$(PY) -m tests.benchmarks.visit
