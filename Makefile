# People and CI run the same targets. Everything is installed into .venv, under constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PROXY_VERSION := 5.3.0
# Texts are short: more threads for one product of matrices only stand in each other's way.
export OPENBLAS_NUM_THREADS := 1

.PHONY: demo test check lint types notebooks lab release report model bench live proxy clean

demo: $(READY)  ## build the sample cohort, grade week 1, write feedback and reports
	@rm -rf demo
	@$(BIN)/python tests/cohort/build.py demo
	@# The sample's code is our own: it may run where there is no sandbox.
	@$(BIN)/seniorkit grade week01 --course demo --trust-submissions || test $$? -eq 1
	@echo
	@echo "Two learners sent files that nobody could grade; they are listed above. Open in a browser:"
	@echo "  $(CURDIR)/demo/reports/week01/cohort_report.html"
	@echo "  $(CURDIR)/demo/feedback/learner-02/week01/week01.html"

test: check  ## all checks: format, lint, types, tests, notebooks, release
	$(BIN)/pytest -n 2 --dist loadfile
	$(MAKE) notebooks

check: lint types

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy --strict graders

notebooks: demo  ## run every notebook from top to bottom; the reports run on the demo
	SENIORKIT_PROGRESS=$(CURDIR)/.seniorkit/notebooks.sqlite3 $(BIN)/pytest --nbval-lax --nbval-cell-timeout=60 -p no:cacheprovider notebooks source

lab: $(READY)  ## open JupyterLab on the first notebook
	$(BIN)/jupyter lab notebooks/00_start_here.ipynb

release: $(READY)  ## derive release/ from source/
	$(BIN)/seniorkit release --all

report: $(READY)  ## write the cohort report of the demo again
	$(BIN)/seniorkit report cohort week01 --course demo

model: $(READY)  ## fit the embedded judge to the labelled answers
	$(BIN)/python -m graders.training tests/calibration
	$(BIN)/python -m graders.training.examples tests/calibration/answers

DATA ?= ../shared/data
bench: $(READY)  ## measure the judges (5 minutes); with FULL=1 also the engine, large courses and the box
	$(BIN)/seniorkit bench all --data $(DATA) --out docs/benchmarks.md \
	  --fill graders/judges/embedded/MODEL_CARD.md --fill tests/calibration/README.md
ifdef FULL
	$(BIN)/seniorkit bench batch --full --fill docs/benchmarks.md
	$(BIN)/seniorkit bench scale --fill docs/scale.md
	$(BIN)/python -m tests.browser.figures --fill docs/benchmarks.md  # measured in a real browser
endif

live: $(READY)  ## judge 200 real answers with each of two real models: hours
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,live,live-large]'
	SENIORKIT_LIVE=8 $(BIN)/pytest tests/live
	$(BIN)/python -m tests.live.figures --ask gemma
	$(BIN)/python -m tests.live.figures --ask qwen
	$(BIN)/python -m tests.live.figures --fill docs/benchmarks.md

# The hub's proxy is a Node program; only tests/hub needs it, so a machine without npm has the rest.
proxy: $(READY)  ## install the hub's proxy, for tests/hub
	npm install --silent --no-fund --no-audit --no-save --prefix .venv/proxy \
	  configurable-http-proxy@$(PROXY_VERSION)

clean:
	rm -rf .venv demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .seniorkit

$(READY): pyproject.toml constraints.txt .jupyterlab-overrides.json
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed (make PYTHON=python3.12 ...)")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,live,dask,postgres,hub]'
	mkdir -p .venv/share/jupyter/lab/settings
	cp .jupyterlab-overrides.json .venv/share/jupyter/lab/settings/overrides.json  # no calls home
	$(BIN)/python -c 'import matplotlib.font_manager'  # lists the fonts once, or the first notebook says that it does
	touch $(READY)
