# Every target does its own set-up; `make` alone lists them.
PYTHON ?= python3.11
BIN := .venv/bin
COLAB := .venv-colab/bin
OLDEST := .venv-oldest/bin
# Compiled once, here: not again by each of the hundred kernels and builds that a test run starts.
UV := $(BIN)/uv pip install --quiet --compile-bytecode
# For jobs side by side, which would only take each other's cores.
ONE_CORE := TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1
# Where the time goes, at the end of each part of `make test`.
SLOWEST := --durations=5
# What a reader's kernel runs; the rest is tools and the site, which have pins of their own.
LIVE := $(patsubst %,tests/utils/test_%.py,check controls data live names optimizers outside plotting settings training)
NOTEBOOKS = index.ipynb $(or $(shell $(PYTHON) -m website.contents),$(error _toc.yml lists no chapter))
# LANGUAGE=zh: the course in another language, in a folder of its own. Many a shell has a variable
# of that name, too, which says nothing of the course.
TRANSLATED := $(if $(filter command,$(origin LANGUAGE)),_build/course/$(LANGUAGE))
# BUILT=1: _build/html has come from elsewhere, and what it holds is to be tested as it is.
BOOK := $(if $(BUILT),,book)
READY := .venv/.ready
COLAB_READY := .venv-colab/.ready
OLDEST_READY := .venv-oldest/.ready

.DEFAULT_GOAL := help
.PHONY: help book lab check test test-oldest pdf bench lock clean browser style unit live site fork exercises audit tidy

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

# ---- environments; each is stamped at its end, so that an interrupted one begins again
$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) --python $(BIN)/python -r requirements.txt
	@touch $@

# Colab's own generation of ipywidgets, with everything else as it is here.
$(COLAB_READY): tests/requirements-colab.txt pyproject.toml $(READY)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-colab
	$(UV) --python $(COLAB)/python -r tests/requirements-colab.txt
	@touch $@

browser: $(READY)
	@$(BIN)/python -m tools.browser

$(OLDEST_READY): tests/requirements-oldest.txt pyproject.toml $(READY)
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-oldest
	$(UV) --python $(OLDEST)/python -r tests/requirements-oldest.txt
	@touch $@

# ---- what readers and authors call
book: $(READY)  ## execute the notebooks and build the site to _build/html
	@$(BIN)/python -m tools.build

# A translation is written once: what a reader changes in it is not written over.
lab: $(READY) $(TRANSLATED)  ## open the chapters in JupyterLab, live (LANGUAGE=zh: in Chinese)
	$(if $(TRANSLATED),cd $(TRANSLATED) && PYTHONPATH=$(CURDIR)/$(TRANSLATED)) \
	    $(abspath $(BIN))/jupyter lab chapters

# Under its name only when it is whole: an interrupted one would count as written.
_build/course/%: | $(READY)
	rm -rf $@.part
	$(BIN)/python -m tools.translate --language $* write $@.part
	mv $@.part $@

tidy: $(READY)  ## store notebooks as the course keeps them, whatever program saved them
	@$(BIN)/python -m tools.tidy
	@$(BIN)/ruff format --quiet index.ipynb chapters

check: style unit  ## the fast checks: style, layers, unit tests, notebook rules

test: $(COLAB_READY) browser  ## all checks, as in continuous integration
	$(ONE_CORE) $(MAKE) --no-print-directory --jobs 2 --output-sync=target style unit live $(BOOK)
	$(MAKE) --no-print-directory site
	@echo "All checks passed."

pdf: $(BOOK) browser  ## print the whole book to _build/turn-the-knobs.pdf
	$(BIN)/python -m tools.pdf

test-oldest: $(OLDEST_READY)  ## unit tests and notebooks with the oldest versions allowed
	$(OLDEST)/python -m pytest $(LIVE)
	$(OLDEST)/python -m pytest --nbval-lax --nbval-current-env $(NOTEBOOKS)

bench: $(BOOK) browser  ## print the budgets beside what this machine measures
	$(BIN)/python -m benchmarks $(PARTS)

audit: $(BOOK) browser node_modules  ## hold every page against its budgets, with Lighthouse and axe
	$(BIN)/python -m benchmarks page audit

# Only for the audit: Lighthouse needs Node 20 or later.
node_modules: package.json
	npm install --no-audit --no-fund --no-package-lock --ignore-scripts
	@touch $@

lock: $(READY)  ## renew the pinned environments from pyproject.toml
	echo "-e .[lab,site,test,workers]" | $(BIN)/uv pip compile --quiet --upgrade --universal \
	    --python-version 3.11 --no-header - --output-file requirements.txt
	grep -E '^(keras|matplotlib|numpy|pytest|tensorflow)==' requirements.txt | \
	    $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
	    --constraints /dev/stdin pyproject.toml tests/requirements-colab.in \
	    --output-file tests/requirements-colab.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
	    --resolution lowest-direct tests/requirements-oldest.in \
	    --output-file tests/requirements-oldest.txt

# The shell takes the values from its environment, where make puts them: nothing in them is run.
fork:  ## point every link at your fork: make fork URL=https://github.com/you/your-course
	@$(PYTHON) -m tools.fork "$$URL" "$$BRANCH"

# Of the course as it is now: a translated one is written anew, not taken from where a reader works.
exercises: FOLDER = $(if $(TRANSLATED),_build/translated/$(LANGUAGE),.)
exercises: $(if $(TRANSLATED),$(READY))  ## write the notebooks without their solutions to _build/exercises
	$(if $(TRANSLATED),rm -rf $(FOLDER))
	$(if $(TRANSLATED),$(BIN)/python -m tools.translate --language $(LANGUAGE) write $(FOLDER))
	@cd $(FOLDER) && $(PYTHON) -m tools.exercises

clean:  ## remove what was built, and the environments
	rm -rf _build .venv .venv-colab .venv-oldest node_modules .mypy_cache .pytest_cache .ruff_cache \
	    *.egg-info

# ---- the parts of `make test`
style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint --deny-warnings

unit: $(READY)
	$(BIN)/python -m pytest $(SLOWEST) -m "not site and not colab" --doctest-modules \
	    tests benchmarks tools website utils

# Before the notebooks, what depends on the generation of the widgets and of the kernel.
live: $(COLAB_READY)  ## run each notebook as on Colab, stubs and solutions checked
	$(COLAB)/python -m pytest $(SLOWEST) tests/utils/test_live.py tests/utils/test_controls.py \
	    tests/utils/test_plotting.py::test_notebook_figures_are_svg \
	    tests/utils/test_plotting.py::test_style_does_not_start_a_shell
	$(COLAB)/python tests/live_run.py

site: $(BOOK) browser
	$(BIN)/python -m pytest $(SLOWEST) -m site --numprocesses 3 --dist worksteal tests
