# `make` prints this list. Everything here also works by hand, in any environment:
#   pip install -e '.[dev]' -c requirements.lock; hw1 repro; pytest

VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
READY := $(VENV)/.hw1-ready
export PATH := $(abspath $(VENV))/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help env repro lectures test test-all reliability nightly audit bench check ui lock clean

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

env: $(READY) ## create the environment in .venv (the other targets do so themselves)

$(READY): pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or newer is needed, with its venv module"; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the packages of requirements.lock into $(VENV); the first time takes some minutes"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c requirements.lock
	@touch $@

repro: $(READY) ## run the pipeline and show what it scores
	@hw1 repro
	@hw1 summary

lectures: $(READY) ## run the lectures' experiments; pages and pictures go to lectures/
	@hw1 repro lectures/dvc.yaml
	@echo "the pages:" lectures/pages/*.md

test: $(READY) ## run the tests
	@pytest -n 2 --dist worksteal -m "not slow"

test-all: $(READY) ## run all tests, the long ones too
	@pytest -n 2 --dist worksteal

reliability: $(READY) ## show on every class of faults what is promised: docs/reliability.md (an hour)
	@HW1_CASES=2000 HW1_KILLS=50 pytest -n 2 --dist worksteal -m fault --reliability --timeout 3600 \
	  --hypothesis-seed=0

nightly: $(READY) ## the same with new cases: other files, other moments to kill at
	@seed=$$(date +%s); again="HW1_SEED=$$seed HW1_CASES=2000 HW1_KILLS=50 pytest -m fault --timeout 3600"; \
	  echo "seed $$seed; again: $$again --hypothesis-seed=$$seed"; \
	  HW1_SEED=$$seed HW1_CASES=2000 HW1_KILLS=50 pytest -n 2 --dist worksteal -m fault \
	  --timeout 3600 --hypothesis-seed=$$seed

audit: ## look up known vulnerabilities of the locked packages; it needs the network
	@$(PYTHON) -m venv $(VENV)-audit
	@$(VENV)-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@$(VENV)-audit/bin/python .ci/audit.py

bench: $(READY) ## measure speed beside what students run: bench/speed.md (an hour; HW1_REAL=FOLDER)
	@python -m bench.speed

check: $(READY) ## lint, format and type checks
	@ruff check .
	@ruff format --check .
	@mypy

ui: $(READY) ## open the MLflow UI on the project's runs
	@hw1 ui

lock: $(READY) ## resolve requirements.lock anew from pyproject.toml
	@$(VENV)/bin/python -m pip install --quiet uv
	@uv pip compile pyproject.toml --extra dev --extra kaggle --extra ray --universal --python-version 3.11 \
	  --strip-extras --no-header --no-annotate --no-emit-index-url --upgrade -q -o requirements.lock

clean: ## remove the environment and caches; data, results and runs stay
	rm -rf $(VENV) $(VENV)-audit .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
