# Everything from a fresh clone with Python 3.11 or newer, make and a shell. `make help` lists the targets.
.POSIX:
.SUFFIXES:
.PHONY: help demo demo-stay test test-backends servers lint types imports check lock lock-backends bench trust-eval
.PHONY: simulate prove clean triage-eval

PYTHON ?=
ARGS ?=
FULL ?=
VENV = .venv
PEERS = .venv-peers
SERVERS = .venv-servers
READY = $(VENV)/.ready
PY = $(VENV)/bin/python
PIP = PIP_DISABLE_PIP_VERSION_CHECK=1 $(PY) -m pip --quiet --no-input

help: ## List the targets.
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## */\1|/' | awk -F'|' '{printf "  make %-13s %s\n", $$1, $$2}'

demo: $(READY) ## Set all up, then show the gateway at work on a sandbox of its own.
	$(VENV)/bin/gatehouse demo $(ARGS)

demo-stay: $(READY) ## The same, and keep the sandbox running to play with.
	$(VENV)/bin/gatehouse demo --stay $(ARGS)

# Without ARGS in four parts side by side: most of the last three waits for servers, or processes that were killed.
test: $(READY) servers ## Set all up, servers for the tests included, then run the whole suite.
	@if [ -n "$(ARGS)" ]; then exec $(PY) -m pytest -m "not bench" $(ARGS); fi; \
	echo "tests/unit with tests/docs, tests/contract and tests/crash run beside the others; what they print follows at the end."; \
	$(PY) -m pytest -m "not bench" tests/unit tests/docs >$(VENV)/unit.log 2>&1 & unit=$$!; \
	$(PY) -m pytest -m "not bench" tests/contract >$(VENV)/contract.log 2>&1 & contract=$$!; \
	$(PY) -m pytest -m "not bench" tests/crash >$(VENV)/crash.log 2>&1 & crash=$$!; \
	$(PY) -m pytest -m "not bench" --ignore=tests/unit --ignore=tests/docs --ignore=tests/contract --ignore=tests/crash; \
	ended=$$?; \
	for part in $$unit $$contract $$crash; do wait $$part || ended=$$?; done; \
	cat $(VENV)/unit.log $(VENV)/contract.log $(VENV)/crash.log; exit $$ended

test-backends: $(READY) ## Install real ticket systems and brokers, then run the backends against them; FULL=1 at full size.
	@sh tests/backends/install.sh $(PY) $(SERVERS)
	GATEHOUSE_FULL=$(FULL) $(PY) -m pytest -m "not bench" tests/backends $(ARGS)

servers:
	@sh tests/servers/install.sh

lint: $(READY) ## Look for faults and for another layout than ruff's.
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(READY) ## Check the types.
	$(VENV)/bin/mypy

imports: $(READY) ## Check who imports whom.
	$(VENV)/bin/lint-imports

check: lint types imports ## All three.

bench: $(READY) servers ## Measure speed, beside others'; FULL=1 at full size. Not part of the suite.
	@sh tests/benchmarks/install.sh $(PY) $(PEERS)
	GATEHOUSE_FULL=$(FULL) $(PY) -m pytest tests/benchmarks -m bench -s $(ARGS)

trust-eval: $(READY) ## Measure how well trust judges labelled data; ARGS=domains one part. Writes docs/trust-accuracy.md.
	$(PY) -m tests.trust_eval $(ARGS)

triage-eval: $(READY) ## Measure how well triage judges labelled messages; ARGS="learn --wrong". Writes docs/triage-accuracy.md.
	$(PY) -m tests.triage_eval $(ARGS)

simulate: $(READY) ## Ten nodes on one PostgreSQL primary, in virtual time: what docs/scale.md shows.
	$(PY) -m tests.benchmarks.simulate $(ARGS)

prove: $(READY) servers ## Kill the gateway again and again, at full size; writes docs/proof.md.
	GATEHOUSE_FULL=1 $(PY) -m pytest tests/crash tests/integration/test_operators_under_load.py \
	    tests/integration/test_x_day.py -s $(ARGS)

# Without build isolation, what builds the project is locked too; hatchling wants editables for an editable install.
lock: $(PY) ## Write requirements.lock anew; ARGS=--upgrade takes newer releases.
	$(PIP) install uv
	{ $(PY) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'; \
	    echo editables; } >$(VENV)/build-requires.txt
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras \
	    --no-emit-index-url --no-emit-find-links --no-annotate --no-header $(ARGS) \
	    --output-file requirements.lock pyproject.toml $(VENV)/build-requires.txt

lock-backends: $(PY) ## The same for tests/backends/requirements.txt.
	$(PIP) install uv
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-annotate --no-header $(ARGS) \
	    --output-file tests/backends/requirements.txt tests/backends/requirements.in

clean: ## Remove all that was made here, the virtual environment too.
	rm -rf $(VENV) $(PEERS) $(SERVERS) build dist htmlcov .coverage .coverage.*
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): $(PY) requirements.lock pyproject.toml
	@echo "Installing what requirements.lock names into $(VENV) (about a minute, once)."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(READY)

# A name on PATH may be a shim of a version manager that is not there, so each candidate is run.
$(PY):
	@set -e; found=; bare=; \
	candidates="$(PYTHON)"; \
	for python in $${candidates:-python3.11 python3 python3.12 python3.13 python3.14 python}; do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	    if "$$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then found=$$python; break; fi; \
	    bare=$$python; \
	done; \
	if [ -z "$$found" ] && [ -n "$$bare" ]; then \
	    echo "$$bare comes without venv. On Debian or Ubuntu: sudo apt-get install python3-venv ; then make again." >&2; \
	    exit 1; \
	elif [ -z "$$found" ]; then \
	    echo "Gatehouse needs Python 3.11 or newer, with venv. Install it, or name it: make PYTHON=/path/to/python3.11" >&2; \
	    exit 1; \
	fi; \
	echo "Making $(VENV) with $$found."; \
	"$$found" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
