# One verb for each thing one does here. Nothing but Python 3.11-3.13 with venv, and make, is assumed.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3 python; do \
  "$$p" -c 'import sys, venv, ensurepip; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' >/dev/null 2>&1 && echo "$$p" && break; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run dev test check e2e faults bench migrate lock docs clean

run: $(VENV)/.run ## the product on http://localhost:3000
	@$(BIN)/marketingos run

dev: $(VENV)/.dev ## the same with hot reload
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/marketingos migrate
	@PATH="$(CURDIR)/$(BIN):$$PATH" REFLEX_TELEMETRY_ENABLED=false $(BIN)/reflex run

test: $(VENV)/.dev ## everything: style, types, floors, unit, both databases, browser
	@$(BIN)/python tests/chromium.py
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest -q -n 2 --dist worksteal -m "not e2e and not exhaustive"
	@$(BIN)/pytest -q -n 2 --dist worksteal -m e2e

check: $(VENV)/.dev ## style, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache

e2e: $(VENV)/.dev ## only the browser journeys
	@$(BIN)/python tests/chromium.py
	@$(BIN)/pytest -q -n 2 --dist worksteal -m e2e

faults: $(VENV)/.dev ## every death enumerated, then N deliveries under random faults: make faults N=2000 SEED=1
	@$(BIN)/pytest -q tests/faults
	@$(BIN)/python -m tests.faults.campaign $(or $(N),2000) $(SEED)

eval: $(VENV)/.dev ## checks and writer against the golden set; with ANTHROPIC_API_KEY, Claude
	@$(BIN)/python -m tests.eval $(ARGS)

bench: $(VENV)/.dev ## measures; prints figures, asserts nothing
	@$(BIN)/python -m tests.bench.publishing
	@$(BIN)/python -m tests.bench.cycles
	@$(BIN)/python -m tests.bench

migrate: $(VENV)/.run
	@$(BIN)/marketingos migrate

lock: $(VENV)/.dev ## renews requirements*.txt from pyproject.toml
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

docs: $(VENV)/.dev ## renews the settings table and .env.example
	@$(BIN)/python docs/settings.py

clean:
	@rm -rf .web .states build dist

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "MarketingOS needs Python 3.11, 3.12 or 3.13 with venv (on Debian: apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what MarketingOS needs…"
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@
