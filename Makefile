# Two commands need Python only: `make run` and `make test`.
PORT ?= 8000
PYTHON ?= python3
PY := .venv/bin/python

.PHONY: run test bench messages lint

run: .venv/.ready messages
	$(PY) manage.py serve --port $(PORT)

test: .venv/.ready messages
	$(PY) -m pytest -n auto

bench: .venv/.ready messages
	$(PY) -m bench floors list detail cart checkout oversell memory

lint: .venv/.ready
	$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && .venv/bin/lint-imports && $(PY) manage.py makemigrations --check --dry-run

messages: .venv/.ready
	$(PY) deploy/compile_messages.py

.venv/.ready: deploy/requirements-dev.lock deploy/setup_venv.py
	$(PYTHON) deploy/setup_venv.py
