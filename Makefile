# Each target is one line over `python -m attest …` (or a tool of its own), for people without make.
PYTHON ?= python3
VENV := .venv$(addprefix /torch-,$(TORCH))# TORCH=2.12.1 make build: another torch, beside the pinned
BIN := $(VENV)/bin
ATTEST := $(BIN)/python -m attest
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
LOCKS := requirements.txt requirements-dev.txt
BASE ?= main

.DEFAULT_GOAL := help
.PHONY: help serve run build zensical offline test pythons why gpu bench audit lighthouse messages accept drift bisect lock pins propose
.PHONY: downloads notebooks fonts lint clean

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: $(VENV)/site ## run what is stale, build both languages, serve with live reload
	$(ATTEST) serve

test: $(VENV)/dev ## everything that is tested, in a real browser too
	$(ATTEST) test

pythons: $(VENV)/site ## the tests that need no torch, on Python 3.12 and 3.13
	$(ATTEST) pythons

run: $(VENV)/site ## run what is stale and check it, without a page
	$(ATTEST) run

build: $(VENV)/site ## write site/, strict: any failed snippet, check, embed or link ends it
	$(ATTEST) build

zensical: $(VENV)/dev ## write site-zensical/: the same pages by Zensical, the successor of MkDocs
	$(ATTEST) zensical

offline: $(VENV)/site ## write offline/….zip: the site, to be read without a server
	$(ATTEST) offline

why: $(VENV)/site ## for each snippet: reused, or the reasons why it will run
	$(ATTEST) why

gpu: $(VENV)/dev ## on a machine with a GPU: run there what declares one, compare, accept, build
	$(ATTEST) gpu

bench: $(VENV)/site ## builds against their lower bound
	$(ATTEST) bench

lighthouse: $(VENV)/dev ## the built site on a phone: scores, layout shift, weight
	$(ATTEST) lighthouse

accept: $(VENV)/dev ## take the present records over into tests/baseline/ (SNIPPET=topic/name: one)
	$(ATTEST) accept

drift: $(VENV)/dev ## run everything with what is installed, compare with tests/baseline/, report
	$(ATTEST) drift

bisect: $(VENV)/dev ## drift, and which dependency is responsible for each changed snippet
	$(ATTEST) bisect

downloads: $(VENV)/dev ## run every script, and every lab, as a reader who takes them home
	$(ATTEST) downloads

audit: $(VENV)/dev ## every snippet forked and fresh: the same bytes; the class of every item
	$(ATTEST) audit

messages: $(VENV)/site ## bring the translations of snippets up to date
	$(ATTEST) messages

lock: $(VENV)/dev ## pin the newest versions that requirements*.in allow
	$(ATTEST) lock

pins: ## write what 'make lock' moved to .drift/pins.patch; no file if nothing
	mkdir -p .drift
	git diff --output=.drift/pins.patch -- $(LOCKS)
	find .drift -name pins.patch -empty -delete

propose: .drift/summary.md ## open a pull request of .drift/pins.patch that tells what drifted (needs gh)
	git restore --source=HEAD --staged --worktree $(LOCKS)
	git switch --force-create upgrade
	git apply $(LOCKS:%=--include=%) .drift/pins.patch
	git commit --message 'Pin the newest versions' -- $(LOCKS)
	git push --force origin upgrade
	{ head --bytes=60000 .drift/summary.md; printf '\n\n%s\n' '$(NOTE)'; } >.drift/body.md
	gh pr create --head upgrade --base $(BASE) --title 'Pin the newest versions' --body-file .drift/body.md || \
		gh pr edit upgrade --body-file .drift/body.md

notebooks: export GIT_INDEX_FILE := $(CURDIR)/.site-notebooks
notebooks: export GIT_WORK_TREE := site
notebooks: ## push the notebooks of site/ to the branch from which Colab opens them
	rm -f $$GIT_INDEX_FILE
	git add --force ':(top,glob)*/labs/**/*.ipynb' ':(top,glob)*/snippets/**/*.ipynb'
	git push --force origin "$$(git commit-tree -m 'Notebooks of the site' $$(git write-tree)):refs/heads/notebooks"

fonts: ## a Chinese font, on Debian and Ubuntu
	sudo apt-get update -qq
	sudo apt-get install -qq --yes --no-install-recommends fonts-noto-cjk

lint: $(VENV)/dev ## format, lint, types
	$(BIN)/ruff format && $(BIN)/ruff check --fix && $(BIN)/mypy

clean: ## forget records and pages, keep the environment
	rm -rf .records .cache .drift site site-zensical offline .site-*

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/site: $(BIN)/python requirements.txt pyproject.toml
	sed '$(TORCH:%=s/^torch==.*/torch==%/)' requirements.txt | $(INSTALL) -r /dev/stdin
	@touch $@

$(VENV)/dev: $(VENV)/site requirements-dev.txt
	sed '/^-r /d' requirements-dev.txt | $(INSTALL) -r /dev/stdin
	@touch $@

.drift/summary.md:
	mkdir -p .drift
	echo 'Nothing was compared: the run ended before it.' >$@
