# The front door. `make run` and `make test` set themselves up; nothing here needs root.
#
# What was done is remembered by stamp files inside .venv, so a second call is quick and a deleted .venv starts afresh.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet
LOCALES := src/pacemark/web/locale
CATALOGUES := $(wildcard $(LOCALES)/*/LC_MESSAGES/django.po)

HOST ?= 127.0.0.1
PORT ?= 8000
PYTEST ?= $(BIN)/python -m pytest
WORKERS ?= 2

.PHONY: help setup setup-dev run test test-engine test-browser test-postgres check lint types imports messages schema \
	query-counts docs bench trials lock front-end licences audit

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

# --- setting up -------------------------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@python=""; \
	for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Pacemark needs Python 3.11 or newer as python3; or say where it is: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	if ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "This Python cannot make virtual environments. On Debian: apt install python3-venv, then try again." >&2; exit 1; fi; \
	echo "Setting up $(VENV) with $$("$$python" --version)"; \
	[ -x $(BIN)/python ] || "$$python" -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/base: requirements/base.txt $(STAMPS)/venv
	@echo "Installing what Pacemark stands on"
	@$(PIP) --require-hashes -r requirements/base.txt
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/base
	@echo "Installing what the checks need"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/base
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

# Third-party front-end files are fetched by exact version and checksum, never committed. Quick when they are there.
front-end: $(STAMPS)/package
	@$(BIN)/python -m pacemark.web.ui.vendor

$(STAMPS)/messages: $(CATALOGUES) $(STAMPS)/package
	@$(BIN)/python -m pacemark.web.ui.messages compile
	@touch $@

setup: $(STAMPS)/package front-end $(STAMPS)/messages ## everything before the server: .venv, front-end files, translations

setup-dev: setup $(STAMPS)/dev

# --- running ----------------------------------------------------------------------------------------------------------

run: setup ## a made-up organisation on 127.0.0.1:8000; keeps its data
	@$(BIN)/pacemark demo --keep
	@exec $(BIN)/pacemark serve --host $(HOST) --port $(PORT)

# --- checking ---------------------------------------------------------------------------------------------------------

# Tests keep their hands off the developer's own data.
TEST_ENV := env -u DATABASE_URL -u PACEMARK_TODAY PACEMARK_HOME=$(VENV)/test-home

test: setup-dev lint types imports messages ## every check; names what it left out for want of a browser or a server
	@echo "== pytest"
	@$(TEST_ENV) $(PYTEST) -q -n $(WORKERS) --dist worksteal

check: setup-dev lint types imports messages ## the fast part: style, types, imports, translations, architecture
	@$(TEST_ENV) $(PYTEST) -q tests/architecture tests/docs

test-engine: setup-dev ## the arithmetic alone
	@$(TEST_ENV) $(PYTEST) -q -n $(WORKERS) tests/engine

test-browser: setup-dev ## the journeys in Chromium, with pictures of every page in test-results
	@$(TEST_ENV) PACEMARK_PICTURES=true $(PYTEST) -q -m browser

test-postgres: setup-dev ## the suite on PostgreSQL; PACEMARK_TEST_POSTGRES names the server
	@echo "== pytest on PostgreSQL"
	@$(TEST_ENV) PACEMARK_TEST_DATABASE=postgres $(PYTEST) -q -n $(WORKERS) --dist worksteal

lint: setup-dev ## style
	@echo "== ruff"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .

types: setup-dev ## types, strictly
	@echo "== mypy"
	@$(TEST_ENV) $(BIN)/mypy

imports: setup-dev ## who may import whom
	@echo "== import-linter"
	@$(BIN)/lint-imports --no-logo >$(STAMPS)/imports.log || { cat $(STAMPS)/imports.log; exit 1; }

messages: setup-dev ## both languages complete
	@echo "== messages"
	@$(BIN)/python -m pacemark.web.ui.messages check

schema: setup-dev ## write docs/api/openapi.json from the code
	@$(TEST_ENV) $(BIN)/python -m tests.support.schema >docs/api/openapi.json

query-counts: setup-dev ## rewrite the reviewed numbers of queries per page
	@PACEMARK_WRITE_QUERY_COUNTS=true $(TEST_ENV) $(PYTEST) -q -n 0 -k query_counts tests/web

docs: setup-dev ## the promises in docs, read by tests
	@$(TEST_ENV) $(PYTEST) -q tests/docs

licences: setup-dev ## write docs/licences.md from the packages' own metadata
	@$(BIN)/python -m tests.support.licences

audit: setup-dev ## ask for known weaknesses of what is installed; needs a way to the vulnerability data
	@$(BIN)/uv tool run --quiet pip-audit --strict --require-hashes --disable-pip -r requirements/base.txt

bench: setup-dev ## the figures of the performance goals, on this machine
	@for file in bench/bench_*.py; do echo "== $$file"; PYTHONPATH=. $(BIN)/python "$$file"; done

trials: setup-dev ## long trials over many seeds
	@for file in bench/trials_*.py; do echo "== $$file"; PYTHONPATH=. $(BIN)/python "$$file"; done

# --- dependencies -----------------------------------------------------------------------------------------------------

# Versions and hashes, and no word of where they came from (docs/decisions/0001-one-package.md says why there are two).
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-header pyproject.toml

lock: setup-dev ## choose versions anew after a change of dependencies
	@$(LOCK) --upgrade --output-file requirements/dev.txt --extra dev
	@$(LOCK) --constraint requirements/dev.txt --output-file requirements/base.txt
	@echo "Now: make licences"
