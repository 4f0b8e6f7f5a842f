# Everything starts here. `make run` is all that a fresh checkout needs.

.DEFAULT_GOAL := help
.PHONY: help setup run dev check check-server check-web test test-web test-models journeys chaos graphql bench bench-web screens eval-selection meter lock
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
	@$(MAKE) -j 2 check-server check-web

check-server:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-web:
	npm --prefix web run lint
	npm --prefix web run typecheck

# After the check, because both write the client's types.
test-web: check-web
	npm --prefix web test

test: ## check, then all tests of the server and of the web client
	$(call prepare,test)
	@$(BIN)/parley fetch-model
	@$(MAKE) -j 2 check-server test-web
	$(BIN)/pytest -m alone -n 1 --reruns 2
	$(BIN)/pytest -m "not alone and not models and not journeys" -n auto --dist load --maxschedchunk 1 --reruns 1

journeys: ## all journeys in a browser, at the width of a desktop and of a phone, and by keyboard alone
	$(call prepare,test)
	$(BIN)/pytest tests/e2e -n auto --reruns 1

test-models: ## real runs of each way of thinking on a local model, and what they answered; takes minutes
	$(call prepare,test)
	@$(BIN)/parley fetch-model
	$(BIN)/pytest -m models -s

chaos: ## kill, freeze and restart everything while people ask; SEED=7 RUNS=200 REDIS=1 POOLER=1 ROLLING=1
	$(call prepare,dev)
	@exec $(FOLLOW) $(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(RUNS),--runs $(RUNS)) $(if $(REDIS),--redis) $(if $(POOLER),--pooler) $(if $(ROLLING),--rolling)

graphql: ## write what the API says of itself, and the types that clients have of it
	$(call prepare,dev)
	$(BIN)/python -m server.sdl
	npm --prefix web run codegen
	npm --prefix tests/audits ci
	tests/audits/node_modules/.bin/openapi-typescript schema/openapi.json --output examples/rest.d.ts

conformance: ## try the API against its specifications and against attacks, at length; CASES=1000 SEED=1
	$(call prepare,test)
	FUZZ_CASES=$(or $(CASES),1000) FUZZ_SEED=$(or $(SEED),1) $(BIN)/pytest tests/conformance tests/server/graphql \
		tests/graphql/test_ownership.py tests/graphql/test_schema.py tests/graphql/test_contract.py
	npm --prefix web run lint:graphql

bench: ## measure what the documentation claims
	$(call prepare,dev)
	$(BIN)/python -m bench

bench-web: ## measure the web client in a browser: frames, long chats, resting tabs, Lighthouse; WORDS=streaming
	$(call prepare,test)
	$(BIN)/python -m bench.browser $(WORDS)

screens: ## take the pictures of docs/screens anew
	$(call prepare,test)
	$(BIN)/python -m bench.screens

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
