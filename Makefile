# Every target does its own set-up; `make` alone lists them.
PYTHON ?= python3.11
BIN := .venv/bin
COLAB := .venv-colab/bin
UV := $(BIN)/uv pip install --quiet
NOTEBOOKS := index.ipynb $(wildcard chapters/[0-9]*.ipynb)
READY := .venv/.ready
COLAB_READY := .venv-colab/.ready

.DEFAULT_GOAL := help
.PHONY: help book lab check test bench lock clean browser style unit notebooks colab site

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

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

# ---- what readers and authors call
book: $(READY)  ## execute the notebooks and build the site to _build/html
	$(BIN)/jupyter-book build . -n -W --keep-going
	@echo "The site is in $(CURDIR)/_build/html: open index.html there."

lab: $(READY)  ## open the chapters in JupyterLab, live
	$(BIN)/jupyter lab chapters

check: style unit  ## the fast checks: style, layers, unit tests, notebook rules

test: $(COLAB_READY) browser  ## all checks, as in continuous integration
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target style unit notebooks colab book
	$(MAKE) --no-print-directory site
	@echo "All checks passed."

bench: book browser  ## print the budgets beside what this machine measures
	$(BIN)/python -m benchmarks

lock: $(READY)  ## renew the pinned environments from pyproject.toml
	echo "-e .[lab,site,test]" | $(BIN)/uv pip compile --quiet --upgrade --universal \
	    --python-version 3.11 --no-header - --output-file requirements.txt
	grep -E '^(keras|matplotlib|numpy|pytest|tensorflow)==' requirements.txt | \
	    $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
	    --constraints /dev/stdin tests/requirements-colab.in \
	    --output-file tests/requirements-colab.txt

clean:  ## remove what was built, and the environments
	rm -rf _build .venv .venv-colab .pytest_cache .ruff_cache *.egg-info

# ---- the parts of `make test`
style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

unit: $(READY)
	$(BIN)/python -m pytest -m "not site" --ignore tests/test_exercises.py \
	    --doctest-modules tests utils

notebooks: $(READY)
	$(BIN)/python -m pytest --nbval-lax $(NOTEBOOKS)
	$(BIN)/python -m pytest tests/test_exercises.py

colab: $(COLAB_READY)
	$(COLAB)/python -m pytest tests/test_live.py tests/test_controls.py tests/test_plotting.py

site: book browser
	$(BIN)/python -m pytest -m site tests
