# The register's commands. `make run` and `make test` need nothing beforehand but Python 3.12 or newer.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.PHONY: run test lint format lock chromium screenshots

PYTHON ?=
BIN := .venv/bin

# Serve the register with a fictional demo, on OSR_PORT (8000), with its data in OSR_DATA_DIR (var).
run: .venv/.ready node_modules/.ready
	@exec $(BIN)/python -m osr.stack

# Everything that is checked before a change lands; the tests of a file in one process, on all cores but four at most.
test: lint chromium
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile

lint: .venv/.ready node_modules/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m tests.lint

format: .venv/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The pictures in docs/images and of the handleiding, of the demo as it looks now; and of every page, in screenshots/
screenshots: .venv/.ready node_modules/.ready chromium
	$(BIN)/python -m tests.journeys.screenshots

# Lock what requirements/*.in ask for, with hashes and without download addresses.
lock: .venv/.ready
	$(BIN)/python -m pip install --quiet uv
	for name in base development node; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --upgrade \
			requirements/$$name.in --output-file requirements/$$name.txt >/dev/null || exit 1; \
	done
	npm update --package-lock-only

.venv/.ready: requirements/development.txt
	@python=$$(PYTHON="$(PYTHON)" sh requirements/find-python.sh) || exit 1; \
	$$python -m venv .venv || { echo "This Python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing the locked Python packages ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements/development.txt
	@touch $@

# Node only fetches the style sheets: the machine's own npm, else the one in a Python wheel.
node_modules/.ready: package-lock.json .venv/.ready
	@echo "Fetching the style sheets ..."
	@if command -v npm >/dev/null 2>&1; then npm ci --silent; else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt && \
		PATH="$$PWD/$(BIN):$$PATH" npm ci --silent; fi
	@touch $@

# A Chromium for the browser tests: Debian's without a window, else the machine's own, else the one that playwright brings.
chromium: .venv/.ready
	@command -v chromium-headless-shell >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium-headless-shell; } >/dev/null 2>&1 || \
		$(BIN)/python -m tests.journeys.chromium >/dev/null 2>&1 || \
		$(BIN)/playwright install chromium
