# The doors of the repository. Each builds .venv from the hashed lock files on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_ARGS ?=
TEST_ARGS ?=

.PHONY: demo test check static bench evidence partnership lock clean

demo: $(VENV)/installed
	@$(BIN)/righthome demo $(DEMO_ARGS)

# Each of up to four processes takes whole files, with a PostgreSQL of its own; TEST_ARGS="-n 0" uses none.
test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(TEST_ARGS)

check: static
	$(BIN)/python -m pytest tests/architecture -q

static: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed-dev
	$(BIN)/python -m tests.benchmarks.run --quick

evidence: $(VENV)/installed-dev
	TESTS_FULL_COUNTS=1 $(BIN)/python -m tests.benchmarks.run --write docs/evidence
	$(BIN)/python docs/generate.py

# Writes the shipped part of the invented partnership and its page again, after a change to the generator.
partnership: $(VENV)/installed
	$(BIN)/python -m docs.write_partnership
	$(BIN)/python -m docs.synthetic_against_published

# Writes the lock files again from pyproject.toml. Names, versions and hashes only: no addresses.
lock: $(VENV)/bin/uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-find-links --no-emit-index-url --extra postgresql --group build --upgrade \
		--output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-find-links --no-emit-index-url --extra postgresql --extra fast --extra scale --group build --group dev \
		--constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

$(VENV)/bin/uv: | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Righthome needs Python 3.11, 3.12 or 3.13. Name one: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing (Debian and Ubuntu: the package python3-venv)."; exit 1; }

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Righthome into $(VENV) (about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@echo "Installing what the tests need into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
