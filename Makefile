# make run    start Hangarlink with a demo account at http://demo.localhost:8000
# make test   set up and run every check
.DELETE_ON_ERROR:
.PHONY: help run test lint test-fast test-database bench lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): requirements/bench.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Hangarlink needs Python 3.11 or later; run: make PYTHON=python3.11 run")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

run: $(READY) ## Start web, worker and partner sandbox with a demo account
	$(BIN)/hangarlink up --demo

test: lint $(READY) ## Lint, types, layers, and all tests
	$(BIN)/pytest -n 2 --dist worksteal tests

lint: $(READY) ## Lint, types and layers only
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

test-fast: $(READY) ## All tests but those in a browser
	$(BIN)/pytest -n 2 --dist worksteal -m "not browser" tests

test-database: $(READY) ## The database part, on the server that TEST_DATABASE_URL names
	@test -n "$(TEST_DATABASE_URL)" || (echo "Set TEST_DATABASE_URL to a superuser's URL of a PostgreSQL 15 or later." && exit 2)
	$(BIN)/pytest -n 2 --dist worksteal -m "not browser" tests/platform tests/fleet tests/maintenance tests/integration

bench: $(READY) ## Every benchmark, as ratios within one run
	$(BIN)/hangarlink bench all

lock: ## Compile requirements/*.txt with hashes (needs uv)
	for part in app test bench; do uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --custom-compile-command "make lock" requirements/$$part.in -o requirements/$$part.txt || exit 1; done

clean: ## Remove the environment and what tests left; never the data in var/
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache var/test var/screenshots
