# make demo   set up, process examples/documents into a register, show it
# make test   set up with the test tools; lint, types, tests, the wheel tried outside the checkout
# make lock   pin the dependencies anew (needs uv)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint lock clean ocr server browser

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	$(BIN)/pip install --quiet --require-hashes -r requirements-test.lock
	@touch $@

ocr:
	@sh .ci/install-ocr

server:
	@sh .ci/install-postgresql

browser:
	@sh .ci/install-chromium

demo: $(VENV)/.installed ocr
	@$(BIN)/python examples/demo.py

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ocr server browser
	$(BIN)/python -m pytest

lock:
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --extra editable --extra serve --extra api -o requirements.lock pyproject.toml
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --extra editable --extra serve --extra api --extra test --constraint requirements.lock -o requirements-test.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist register.db
