# The same commands for people and for CI: `make run` opens the program, `make test` passes the tests.
# PYTHON names the interpreter that makes .venv (3.11 or newer); ARGS is handed to the program or to pytest.

PYTHON ?= python3
ARGS ?=
DATA ?= $(or $(TENSORVIZ_TEST_DATA),../shared/data)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed-from-pyproject
APPLICATIONS := $(or $(XDG_DATA_HOME),$(HOME)/.local/share)

.PHONY: help run test lint bench wheel system install-desktop clean

help:
	@echo "make run              open the program (ARGS='picture.jpg')"
	@echo "make test             lint, types and tests (ARGS='-k name' for some of the tests)"
	@echo "make lint             lint and types only"
	@echo "make bench            the measurements, with the photographs in DATA=$(DATA)"
	@echo "make wheel            build dist/tensorviz-*.whl"
	@echo "make install-desktop  a menu entry for this checkout"
	@echo "make clean            remove .venv and everything built"

run: $(READY)
	$(BIN)/tensorviz $(ARGS)

test: lint
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY)
	set -e; for program in tests/bench/bench_*.py; do echo "== $$program"; \
	  data=$$(grep -q -e '"--data"' $$program && echo "--data $(DATA)" || true); \
	  QT_QPA_PLATFORM=offscreen PYTHONPATH=. $(BIN)/python $$program $$data $(ARGS); done

wheel: $(READY)
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist

# Before the large download, so that a missing library is met in the first second; and each time, since it is quick.
system:
	@$(or $(wildcard $(BIN)/python),$(PYTHON)) tools/check_system.py

# Nothing is installed again until pyproject.toml changes.
$(READY): pyproject.toml | system
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

install-desktop: $(READY)
	mkdir -p $(APPLICATIONS)/applications $(APPLICATIONS)/icons/hicolor/scalable/apps
	sed 's|^Exec=tensorviz|Exec="$(abspath $(BIN))/tensorviz"|' assets/desktop/tensorviz.desktop \
	  > $(APPLICATIONS)/applications/tensorviz.desktop
	cp assets/icons/tensorviz.svg $(APPLICATIONS)/icons/hicolor/scalable/apps/tensorviz.svg

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
