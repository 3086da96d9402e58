# `make` lists what there is to do. Every target sets up the environment first, and only when the lock changed.
SHELL := /bin/sh
PY ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(PY) -m pip --python $(VENV)/bin/python --disable-pip-version-check
STEPDOWN := $(BIN)/python -m services.cli

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types contracts campaign mutate format lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(VENV)/.ready  ## prepare .venv from the hashed lock (other targets call this)

$(VENV)/.ready: requirements.lock pyproject.toml
	@echo "Setting up .venv, usually in under a minute. 1 of 3: an empty environment"
	@$(PY) -m venv --without-pip --clear $(VENV)
	@echo "2 of 3: $$(grep -c '^[a-z]' requirements.lock) packages from the hashed lock"
	@$(PIP) install -q --no-deps --require-hashes -r requirements.lock
	@echo "3 of 3: Stepdown itself"
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@echo "Ready."
	@touch $@

demo: setup  ## invented clients on the real engine; prints an address and sign-in links
	@exec $(STEPDOWN) up --demo 60 --data .demo

test: setup  ## every test, two at a time
	@$(BIN)/python -m pytest -n 2

check: lint types contracts test  ## lint, types, contracts and tests: what CI runs

lint: setup
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: setup
	@$(BIN)/mypy

contracts: setup
	@$(BIN)/lint-imports

bench-responsiveness: setup  ## from a signature to its move, at 20 a second, with the real Prefect
	@$(BIN)/python -m benchmarks.responsiveness

bench-alert-load: setup  ## alerts that reach a person, per ten clients per day, by what called for them
	@$(BIN)/python -m benchmarks.alert_load

campaign: setup  ## what CI does a part of: kills, crashes, death at every point, crowds, nights, worlds; about an hour
	@$(BIN)/python -m tests.faults.campaign
	@STEPDOWN_POINTS=every STEPDOWN_CROWD=10000 $(BIN)/python -m pytest tests/faults/test_points.py tests/faults/test_crowds.py
	@$(BIN)/python -m tests.faults.poison
	@STEPDOWN_NIGHTS=1000 $(BIN)/python -m pytest tests/usecases/test_nights.py
	@$(BIN)/python -m tests.simulation.seeds --seeds 2000 --steps 100

mutate: setup  ## small mistakes in the rules, one at a time: would a test notice? about an hour on one core
	@$(BIN)/python -m tests.mutation.campaign

format: setup  ## format and fix what can be fixed
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock:  ## renew requirements.lock (needs uv); it must hold no address
	uv pip compile pyproject.toml --group dev --python-version 3.11 --universal --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --generate-hashes -q -o requirements.lock
	@! grep -n '://' requirements.lock

clean:  ## remove the environment and the demo, its database too
	@if [ -e .demo/postgres ] || [ -e .demo/postgres.at ]; then \
	  [ -x $(BIN)/python ] || { echo "The demo is removed by stepdown: \`make setup\`, then \`make clean\`."; exit 1; }; \
	  $(STEPDOWN) remove --data .demo; fi
	rm -rf $(VENV) .demo
