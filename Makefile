# Every target does its own set-up; `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help book lab check test bench clean lock
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Stamped only at the end, so that an interrupted installation starts again.
$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt
	@touch $@

book: $(READY)  ## execute the notebooks and build the site to _build/html
	$(BIN)/jupyter-book build . -n -W --keep-going
	@echo "The site: $(CURDIR)/_build/html/index.html"

lab: $(READY)  ## open the chapters in JupyterLab, live
	$(BIN)/jupyter lab chapters

lock: $(READY)  ## renew the pins of requirements.txt from pyproject.toml
	echo "-e .[lab,site,test]" | $(BIN)/uv pip compile --quiet --upgrade --universal \
	    --python-version 3.11 --no-header - --output-file requirements.txt

clean:  ## remove what was built, and the environments
	rm -rf _build $(VENV) .venv-colab .pytest_cache .ruff_cache *.egg-info
