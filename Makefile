# `make` alone lists what can be made. Every target is `python3 dev.py TARGET`, for where there is no make.
PYTHON ?= python3
DO = @exec $(PYTHON) dev.py $@

.PHONY: help setup run worker test test-quick check bench frontend locks

help:
	@echo "make setup       everything into .venv, with .venv/bin/moothall"
	@echo "make run         Moothall with its demonstration place, on http://127.0.0.1:8000 (PORT=8001 for another)"
	@echo "make worker      one more background worker on the same data"
	@echo "make test        every test, on SQLite and on PostgreSQL where it is installed"
	@echo "make test-quick  the tests for working, under a minute"
	@echo "make check       format, lint, types, import contracts, migrations"
	@echo "make bench       the benchmarks; keeps benchmarks/RESULTS.md"
	@echo "make frontend    the style sheet and scripts again"
	@echo "make locks       the lock files again, from requirements/*.in"

setup:
	$(DO)

run:
	$(DO)

worker:
	$(DO)

test:
	$(DO)

test-quick:
	$(DO)

check:
	$(DO)

bench:
	$(DO)

frontend:
	$(DO)

locks:
	$(DO)
