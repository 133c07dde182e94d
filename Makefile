# Every target sets itself up in .venv from the hashed lock files; nothing is installed anywhere else.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
ARTICLES ?= ../shared/sources
JOBS ?= auto
QUICK ?=
ONLY ?=
OUT ?=
LARGEST ?=
SECONDS ?= 600
WORKERS ?= 2

BIN := .venv/bin
MERCURIUS := tests/benchmarks/mercurius
# The lock files are complete: --no-deps, or pip 23 looks past them for `coverage[toml]` as soon as a newer coverage is out.
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps
export ARTICLES

.DEFAULT_GOAL := help
.PHONY: help serve test node lint check verify soak bench generate lock clean

help:  ## show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/'

serve: .venv/.runtime  ## serve the dataset [HOST=127.0.0.1] [PORT=8000]
	@$(BIN)/python -m api --host $(HOST) --port $(PORT)

test: .venv/.dev  ## run the tests, with coverage
	@$(BIN)/python -m pytest -n $(JOBS) --cov --cov-report=term
	@$(BIN)/coverage report --include='dataset/*,schema/*' --fail-under=95 >/dev/null || \
		{ echo "Less than 95 % of dataset/ and schema/ is covered." >&2; exit 1; }

node: tests/node/node_modules/.package-lock.json  ## install the npm packages that some tests use (these skip without node and chromium)

lint: .venv/.dev  ## style, types and the one-way rule
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

check: .venv/.runtime  ## check the workbench and every published release
	@$(BIN)/python -m dataset check

verify: .venv/.runtime  ## verify every citation of every release against the articles [ARTICLES=folder]
	@for release in $$(ls dataset/releases); do \
		$(BIN)/python -m dataset verify --all --quiet --release $$release --text $(ARTICLES) || exit 1; done

soak: .venv/.dev  ## load a server for a while, and see that it does not grow [SECONDS=600] [WORKERS=2]
	@$(BIN)/python -m tests.soak --seconds $(SECONDS) --workers $(WORKERS)

# node_modules is only there where npm is; without it mercurius is not measured, and the report says so.
bench: .venv/.runtime  ## measure the server beside others, with wrk [QUICK=1] [ONLY=W4,W5] [LARGEST=1000000] [OUT=file]
	@if command -v npm >/dev/null; then $(MAKE) -s $(MERCURIUS)/node_modules/.package-lock.json; fi
	@$(BIN)/python -m tests.benchmarks.run $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) \
		$(if $(LARGEST),--largest $(LARGEST)) $(if $(OUT),--out $(OUT))

generate: .venv/.runtime  ## write schema.graphql, openapi.json and the JSON Schemas anew
	@$(BIN)/python -m dataset jsonschema --write && $(BIN)/python -m schema --write && $(BIN)/python -m api.openapi --write

lock:  ## resolve the lock files anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header pyproject.toml --group traces -c requirements.lock -o requirements-traces.lock
	uv pip compile --quiet --universal --generate-hashes --no-header pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean:  ## remove the virtual environment and every cache
	rm -rf .venv tests/node/node_modules $(MERCURIUS)/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@echo "Setting up .venv (once)…"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed.")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "The venv module is missing: apt install python3-venv" >&2; exit 1; }

.venv/.runtime: requirements.lock | .venv/bin/python
	@echo "Installing what serving needs…"
	@$(PIP) -r requirements.lock && touch $@

.venv/.dev: requirements-dev.lock | .venv/bin/python
	@echo "Installing what testing needs…"
	@$(PIP) -r requirements-dev.lock && touch .venv/.runtime $@

tests/node/node_modules/.package-lock.json: tests/node/package-lock.json
	@echo "Installing the npm packages that tests use…"
	@cd tests/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null && touch node_modules/.package-lock.json

$(MERCURIUS)/node_modules/.package-lock.json: $(MERCURIUS)/package-lock.json
	@echo "Installing mercurius, which the benchmark compares with…"
	@cd $(MERCURIUS) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null && touch node_modules/.package-lock.json
