# The few commands everyone uses; CI calls the same ones.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := UV_PYTHON=$(BIN)/python UV_NO_CONFIG=1 UV_LINK_MODE=copy $(BIN)/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
           --no-emit-index-url --custom-compile-command "make lock"
NODE    = $(BIN)/python -m scripts.node

FRONTEND_SOURCES := $(shell find frontend wayloop -path wayloop/ui/static -prune -o \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.html' \) -print 2>/dev/null) vite.config.ts package.json
CATALOGUES       := $(wildcard wayloop/locale/*/LC_MESSAGES/*.po)

# Where Python may not keep what it compiled, every process compiles a thousand modules anew: three times the start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test faults compat bench lock messages clean

help:            ## Show these commands
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

setup: $(VENV)/.runtime wayloop/ui/static/build/.done wayloop/locale/.compiled  ## Install and build everything, start nothing

run: setup       ## Start the sample business in ./var/demo
	@exec $(BIN)/wayloop demo

test: setup $(VENV)/.dev  ## Everything: Python, types, lint, contracts, front-end, browser
	@$(BIN)/python -m scripts.checks test

faults: setup $(VENV)/.dev  ## The long fault runs: processes killed, connections cut
	@$(BIN)/python -m scripts.checks faults

compat: setup $(VENV)/.dev  ## Other databases and other people's clients against ours
	@$(BIN)/python -m scripts.checks compat

bench: setup     ## Ratios measured in one run
	@$(BIN)/python -m scripts.checks bench

messages: $(VENV)/.dev  ## Collect the texts into the catalogues
	@$(BIN)/python -m scripts.messages collect

lock: $(VENV)/.uv  ## Resolve the pinned dependencies anew
	$(COMPILE) requirements/bootstrap.in -o requirements/bootstrap.lock
	$(COMPILE) pyproject.toml --group build -o requirements/runtime.lock
	$(COMPILE) pyproject.toml --group build --group dev -c requirements/runtime.lock -o requirements/dev.lock
	$(NODE) npm install --package-lock-only

clean:           ## Remove what was built (never ./var)
	rm -rf $(VENV) node_modules wayloop/ui/static/build wayloop/locale/.compiled

$(VENV)/.uv: requirements/bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 15) else "wayloop needs Python 3.11 to 3.14; this is %d.%d. Name another one: make run PYTHON=python3.12" % sys.version_info[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@touch $@

$(VENV)/.runtime: $(VENV)/.uv requirements/runtime.lock pyproject.toml
	@echo "installing what Wayloop needs…"
	@$(UV) pip install --quiet --require-hashes -r requirements/runtime.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.lock
	@echo "installing what the tests need…"
	@$(UV) pip install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

node_modules/.done: $(VENV)/.runtime package.json package-lock.json
	@echo "installing the front-end's tools…"
	@$(NODE) npm ci --silent
	@touch $@

wayloop/ui/static/build/.done: node_modules/.done $(FRONTEND_SOURCES)
	@echo "building the front-end…"
	@$(NODE) vite build --logLevel warn
	@touch $@

wayloop/locale/.compiled: $(VENV)/.runtime $(CATALOGUES)
	@$(BIN)/python -m scripts.messages compile
	@touch $@
