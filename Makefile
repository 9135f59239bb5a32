# Every target works on a fresh clone: the environment is made when it is first needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check

.PHONY: demo test check check-code check-pages fuzz kills bench docs wheel release-check clean

demo: $(VENV)/.ready
	$(BIN)/isolex demo

test: $(VENV)/.ready-test
	$(BIN)/pytest -n auto --maxprocesses 8 --dist worksteal -m "not laboratory"

# Also the tests of the laboratory, and those by Hypothesis with more examples.
check: $(VENV)/.ready-test $(VENV)/.ready-check
	$(MAKE) --jobs 2 --output-sync check-code check-pages
	$(BIN)/pytest -n auto --maxprocesses 8 --dist worksteal -m "laboratory or hypothesis" --hypothesis-profile thorough

check-code:
	$(BIN)/ruff check src tests scripts benchmarks
	$(BIN)/ruff format --check src tests scripts benchmarks
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" lint-imports

check-pages:
	$(BIN)/python scripts/check_extras.py
	$(BIN)/python -m benchmarks pages --check
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# Damaged files of every kind for every command: a line at the end counts them, findings go to fuzz-findings/.
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 0
fuzz: $(VENV)/.ready-test
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)

# Kill, interrupt and crowd commands: their outputs are the old or the new ones, and the next run works.
KILLS ?= 200
KILLS_SECONDS ?= 60
kills: $(VENV)/.ready-test
	$(BIN)/python -m tests.kills --kills $(KILLS) --seconds $(KILLS_SECONDS)

# Rerun the measurements of benchmarks/reports/performance.md, in about an hour; `python -m benchmarks` has the others.
RESULTS := benchmarks/results
bench: $(VENV)/.ready-test
	$(BIN)/python -m benchmarks speed --json > $(RESULTS)/speed.json.new
	mv $(RESULTS)/speed.json.new $(RESULTS)/speed.json
	$(BIN)/python -m benchmarks speed --full --mapped 500000 --json > $(RESULTS)/speed-full.json.new
	mv $(RESULTS)/speed-full.json.new $(RESULTS)/speed-full.json
	$(BIN)/python -m benchmarks pages

docs: $(VENV)/.ready-check
	$(BIN)/python -m benchmarks pages
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

wheel: $(VENV)/.ready-test
	$(BIN)/python -m build --wheel

# What would be published: built, looked through, installed and run with the oldest and the newest Python found.
release-check: $(VENV)/.ready-test $(VENV)/.ready-check
	$(BIN)/python scripts/release_check.py

clean:
	rm -rf $(VENV) build dist site isolex-demo

# torch goes first, by itself, from the constraints file: a bare `torch` would pull gigabytes of CUDA packages.
$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt torch
	$(PIP) install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.ready-test: $(VENV)/.ready
	$(PIP) install --quiet --constraint constraints.txt --editable '.[all,test]'
	touch $@

$(VENV)/.ready-check: $(VENV)/.ready
	$(PIP) install --quiet --constraint constraints.txt --editable '.[all,check]'
	touch $@
