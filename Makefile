# The two commands of a newcomer: `make ingest` and `make test`. Everything else is below them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
SOURCES ?= seeds
TEMPLATE := $(VENV)/.template

.PHONY: ingest test test-long service-test check format lint types law lock extras bench bench-html scale flips soak readers fuzz clean

ingest: $(TEMPLATE)
	$(BIN)/refworld ingest $(SOURCES) --data $(DATA)

test: $(VENV)/.dev $(TEMPLATE)
	$(BIN)/python -m pytest -n 2 --dist worksteal

# Every effect, kind of fault and size that the quick tests take only some of.
test-long: $(VENV)/.dev $(TEMPLATE)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m long

# Kills of a real service: its runs, its server, its runner, itself.
service-test: $(VENV)/.dev $(TEMPLATE)
	$(BIN)/python -m pytest -m long tests/flows/serving

check: format lint types law

format: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

law: $(VENV)/.dev
	$(BIN)/python -m pytest tests/test_import_law.py

# Documents per second and peak memory of the whole ingest beside a bare baseline; records per
# second of a web archive of 1 GB beside its bare reading; what the search index costs, and how soon
# it answers.
bench: $(VENV)/.dev $(TEMPLATE)
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.webarchives --count 50000
	$(BIN)/python -m benchmarks.search

# HTML reading beside trafilatura, resiliparse and selectolax: speed, words and values kept.
bench-html: $(VENV)/.dev
	$(BIN)/python -m benchmarks.html

# What grows with the number of documents, and what many small batches cost before and after
# they are put together.
COUNTS ?= 1000,10000,100000,300000
scale: $(VENV)/.dev $(TEMPLATE)
	$(BIN)/python -m benchmarks.scale --counts $(COUNTS)
	$(BIN)/python -m benchmarks.compaction

# One bit at a time, anywhere in archive/ or lake/: is it found and named? SEED= repeats a run.
FLIPS ?= 1000
flips: $(VENV)/.dev
	$(BIN)/python -m tests.durability.flips --flips $(FLIPS) $(if $(SEED),--seed $(SEED))

# Kills, refusals and losses of power at random, each mended by one clean run. SEED= repeats them.
soak: $(VENV)/.dev $(TEMPLATE)
	$(BIN)/python -m tests.durability.soak --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))

# Eight readers, DuckDB's own command and Python, ask in loops while loads publish.
PUBLISHES ?= 50
readers: $(VENV)/.dev
	$(BIN)/python -m tests.durability.readers --publishes $(PUBLISHES)

# Every reader against bytes that a coverage-guided fuzzer makes up; crashes stay under tests/fuzz/.
fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz.run --minutes $(or $(MINUTES),10) --seed $(or $(SEED),0)

# The locks name every package with its hashes, dependencies of dependencies included.
$(VENV)/.runtime: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q flows transforms warehouse
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	touch $@

# What `explore`, `plot` and `--workers dask` need besides.
extras: $(VENV)/.extras
$(VENV)/.extras: $(VENV)/.runtime requirements-extras.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements-extras.lock
	touch $@

# Prefect migrates its database once, here, so that the first run need not wait for it.
$(TEMPLATE): $(VENV)/.runtime
	$(BIN)/python -m flows.server_template
	touch $@

# All locks: every package with its hashes, and no address to download it from.
COMPILE = $(BIN)/uv pip compile pyproject.toml --generate-hashes --no-header --no-annotate --no-emit-index-url --universal --python-version 3.11 --extra build
EXTRAS = --extra dask --extra explore
lock:
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) $(EXTRAS) --output-file requirements-extras.lock
	$(COMPILE) $(EXTRAS) --extra dev --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) build *.egg-info
