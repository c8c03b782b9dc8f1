# Two commands need Python only: `make run` and `make test`. The real servers come by `make services`.
PORT ?= 8000
PYTHON ?= python3
PY := .venv/bin/python
# Every process of the tests reads modules compiled once, and tests with their asserts rewritten once.
unexport PYTHONDONTWRITEBYTECODE
# The variables of the running servers; without `make services` before, this fails.
SERVICES = set -a && . ./.services/env && set +a &&
# What a server beside them does not change, though some of it asks for rows: pure functions, the embedded engine by
# itself and what it makes of odd words, processes with a database of their own, the season told twice and abroad. Single
# tests that ask for no row are left out by tests/on_servers.py; a folder named here need not even be read.
NO_SERVER = -p tests.on_servers --ignore tests/processes --ignore tests/orders/shipments/carriers \
	--ignore tests/search/analysis --ignore tests/search/query --ignore tests/search/products/test_crash.py \
	--ignore tests/orders/shipments/test_fold.py --ignore tests/orders/shipments/test_temperature.py \
	--ignore tests/market/config/season/test_pictures.py --ignore tests/market/config/season/test_repeat.py \
	--ignore tests/market/config/season/test_abroad.py --ignore tests/market/api/test_odd_searches.py \
	--ignore tests/search/engines/test_tantivy.py --ignore tests/search/engines/test_breaker.py \
	--ignore tests/search/engines/test_find.py --ignore tests/search/engines/test_evaluate.py

.PHONY: run test services services-stop test-services test-services-rows test-services-processes test-browser test-pdf \
	bench messages lint

run: .venv/.ready messages
	$(PY) manage.py serve --port $(PORT)

test: .venv/.ready messages
	$(PY) -m pytest -n auto

services: .venv/.ready
	$(PY) deploy/services.py start

services-stop:
	$(PYTHON) deploy/services.py stop

test-services: test-services-rows test-services-processes

test-services-rows: .venv/.ready messages
	$(SERVICES) $(PY) -m pytest -n auto $(NO_SERVER)

test-services-processes: .venv/.ready messages
	$(SERVICES) $(PY) -m pytest -n 3 --dist loadgroup -m services tests/services tests/search

test-browser: .venv/.ready messages
	$(PY) -m pytest -n 3 --dist worksteal -m browser tests/browser

test-pdf: .venv/.ready messages
	$(PY) -m pytest -m pdf tests/orders/documents

bench: .venv/.ready messages
	$(PY) -m bench floors list detail cart checkout oversell memory

lint: .venv/.ready
	$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && .venv/bin/lint-imports && $(PY) manage.py makemigrations --check --dry-run

messages: .venv/.ready
	$(PY) deploy/compile_messages.py

.venv/.ready: deploy/requirements-dev.lock deploy/setup_venv.py
	$(PYTHON) deploy/setup_venv.py
