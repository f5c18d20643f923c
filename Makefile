# Each target is one line over `python -m attest …` (or a tool of its own), for people without make.
PYTHON ?= python3
BIN := .venv/bin
ATTEST := $(BIN)/python -m attest

.DEFAULT_GOAL := help
.PHONY: help serve build test pythons why bench audit lighthouse messages accept drift bisect lock lint clean

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: .venv/site ## run what is stale, build both languages, serve with live reload
	$(ATTEST) serve

test: .venv/dev ## everything that is tested, in a real browser too
	$(ATTEST) test

pythons: .venv/site ## the tests that need no torch, on Python 3.12 and 3.13
	$(ATTEST) pythons

build: .venv/site ## write site/, strict: any failed snippet, check, embed or link ends it
	$(ATTEST) build

why: .venv/site ## for each snippet: reused, or the reasons why it will run
	$(ATTEST) why

bench: .venv/site ## builds against their lower bound
	$(ATTEST) bench

lighthouse: .venv/dev ## the built site on a phone: scores, layout shift, weight
	$(ATTEST) lighthouse

accept: .venv/dev ## take the present records over into tests/baseline/ (SNIPPET=topic/name: one)
	$(ATTEST) accept

drift: .venv/dev ## run everything with what is installed, compare with tests/baseline/, report
	$(ATTEST) drift

bisect: .venv/dev ## drift, and which dependency is responsible for each changed snippet
	$(ATTEST) bisect

audit: .venv/dev ## every snippet forked and fresh: the same bytes; the class of every item
	$(ATTEST) audit

messages: .venv/site ## bring the translations of snippets up to date
	$(ATTEST) messages

lock: .venv/dev ## pin the newest versions that requirements*.in allow
	$(ATTEST) lock

lint: .venv/dev ## format, lint, types
	$(BIN)/ruff format && $(BIN)/ruff check --fix && $(BIN)/mypy

clean: ## forget records and pages, keep the environment
	rm -rf .records .cache .drift site .site-*

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/site: .venv/bin/python requirements.txt pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: .venv/site requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
