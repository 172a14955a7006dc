# Two targets matter: demo and test. Everything else serves them.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_CONSTRAINT = $(CURDIR)/constraints.txt
PO := $(wildcard matchmaker/translations/*/LC_MESSAGES/*.po)

.PHONY: demo test quick check serve bench install install-dev browser translations messages fix clean

demo: install ## a served site with a demo community: http://127.0.0.1:8000
	$(BIN)/matchmaker demo --port $(PORT)

test: install-dev browser check ## everything: linters, both databases, browser
	$(BIN)/python -m pytest -n 2 --dist loadfile

quick: install-dev ## the inner loop: no browser, no slow tests
	$(BIN)/python -m pytest -q -m "not browser and not slow"

check: install-dev ## style, types, architecture, templates, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --check --quiet templates
	$(BIN)/codespell matchmaker templates static tests benchmarks config.py README.md
	$(BIN)/deptry .
	$(BIN)/matchmaker terms-check
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_translations.py tests/test_migrations.py

serve: install ## the site with the settings of your environment
	$(BIN)/matchmaker serve --port $(PORT)

bench: install-dev ## measure; results are written by hand into benchmarks/RESULTS.md
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/candidates.py --cluster
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/lists.py
	$(BIN)/python benchmarks/messages.py
	$(BIN)/python benchmarks/crash.py
	for set in ../shared/data/evaluation/*/; do \
	  train=$$(test -f $$set/train.tsv && echo --train); \
	  $(BIN)/matchmaker evaluate $$set --split dev $$train; \
	done

install: .make/install
.make/install: pyproject.toml constraints.txt hatch_build.py $(PO)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	@mkdir -p .make && touch $@

install-dev: .make/install-dev
.make/install-dev: .make/install
	$(BIN)/python -m pip install --quiet $$($(BIN)/python -c "import tomllib; print(' '.join(f'\"{d}\"' for d in tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['dev']))" | tr -d '"')
	@mkdir -p .make && touch $@

browser: install-dev ## Debian's Chromium as root, else Playwright's own
	$(BIN)/python -m tests.browser.fetch

messages: install-dev ## collect new strings into the Russian and Chinese catalogues
	@mkdir -p .make
	$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k lazy_gettext --no-location --sort-output --omit-header -o .make/messages.pot matchmaker templates
	for locale in ru zh; do \
	  test -f matchmaker/translations/$$locale/LC_MESSAGES/messages.po \
	    || $(BIN)/pybabel -q init -i .make/messages.pot -d matchmaker/translations -l $$locale; \
	  $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete -N -i .make/messages.pot -d matchmaker/translations -l $$locale; \
	done

fix: install-dev ## format what can be formatted
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet . ; $(BIN)/djlint --reformat --quiet templates || true

clean:
	rm -rf $(VENV) .make instance dist
