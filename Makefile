# Everything starts here. `make run` is all that a fresh checkout needs.

.DEFAULT_GOAL := help
.PHONY: help setup run dev check test chaos graphql bench eval-selection meter lock
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

# The first Python that is new enough; PYTHON=/path/to/python3.12 chooses another one.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$python"; break; }; done)
BIN := .venv/bin
# What runs for long ends also when `make` itself is killed.
FOLLOW = $(BIN)/python tools/follow.py $$PPID
COMPILE = $$(test -x .uv/bin/uv && echo .uv/bin/uv || command -v uv) pip compile -q $(UPGRADE) --universal \
	--generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock"

define prepare
@test -n "$(PYTHON)" || { echo "Parley needs Python 3.11 or newer. Install it, and run the same command again." >&2; exit 1; }
@$(PYTHON) tools/setup.py $(1)
endef

help: ## say what there is
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS="$$(printf '\t')" read -r name words; do \
		printf '  make %-14s %s\n' "$$name" "$$words"; done

setup: ## install and build what `make run` needs
	$(call prepare,run)

run: ## set up, then serve Parley until Ctrl-C
	$(call prepare,run)
	@$(BIN)/parley fetch-model
	@exec $(FOLLOW) $(BIN)/parley serve

dev: ## serve while working on it: the server and the web client start again when their files change
	$(call prepare,dev)
	@$(BIN)/parley fetch-model
	@exec $(FOLLOW) $(BIN)/python tools/dev.py

check: ## lint, types and the walls between rooms
	$(call prepare,dev)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm --prefix web run lint
	npm --prefix web run typecheck

test: ## check, then all tests of the server and of the web client
	$(call prepare,test)
	@$(BIN)/parley fetch-model
	@$(MAKE) check
	npm --prefix web test
	$(BIN)/pytest -m alone
	$(BIN)/pytest -m "not alone" -n 2 --dist worksteal

chaos: ## kill, freeze and restart everything while people ask; SEED=7 RUNS=200 REDIS=1
	$(call prepare,dev)
	@exec $(FOLLOW) $(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(RUNS),--runs $(RUNS)) $(if $(REDIS),--redis)

graphql: ## write the schema's definition and the web client's types of it
	$(call prepare,dev)
	$(BIN)/python -m server.sdl
	npm --prefix web run codegen

bench: ## measure what the documentation claims
	$(call prepare,dev)
	$(BIN)/python -m bench

eval-selection: ## score the selection on graded questions: DATA=folder, and SCRIPT=file for another evaluation
	$(call prepare,dev)
	@test -n "$(DATA)" || { echo "Say where the graded questions are: make eval-selection DATA=folder" >&2; exit 1; }
	@if [ -n "$(SCRIPT)" ]; then $(BIN)/python "$(SCRIPT)" --data "$(DATA)" --router bench/selection_router.py --online; \
	else $(BIN)/python -m bench.selection_table "$(DATA)"; fi

meter: ## say how long files and functions are
	@$(PYTHON) tools/meter.py

lock: ## pin the versions of all packages; UPGRADE=--upgrade takes the newest ones
	$(call prepare,dev)
	echo uv | $(COMPILE) --no-annotate - -o requirements-uv.txt
	$(COMPILE) pyproject.toml --extra dev -o requirements-dev.lock
	$(COMPILE) pyproject.toml -c requirements-dev.lock -o requirements.lock
	npm --prefix web run lock
