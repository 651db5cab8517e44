# Two commands do everything: `make demo` shows it on made-up data, `make test` tests it.
PYTHON ?= python3.11
VENV = .venv
RUN = $(VENV)/bin/python manage.py
export PORT SANDBOX_PORT

.PHONY: demo run test test-browser fuzz bench lint format requirements python

demo: $(VENV)/.installed
	@exec $(RUN) demo

# Your own data, with the settings of .env, at http://localhost:5001, and a worker that keeps it up to date.
run: $(VENV)/.installed .env
	@$(RUN) migrate --verbosity 0
	@$(RUN) collectstatic --noinput --verbosity 0
	@port=$${PORT:-$$(sed -n 's/^PORT=//p' .env)}; port=$${port:-5001}; \
	echo "Life Tracker: http://localhost:$$port (Ctrl-C stops; the first account: $(RUN) createsuperuser)"; \
	$(RUN) qcluster & worker=$$!; \
	$(VENV)/bin/gunicorn lifetracker.wsgi --bind 127.0.0.1:$$port & web=$$!; \
	trap 'kill $$worker $$web 2>/dev/null; wait' EXIT; trap 'exit 130' HUP INT TERM; \
	wait $$web

test: $(VENV)/.installed-dev
	$(RUN) test

test-browser: $(VENV)/.installed-dev
	$(VENV)/bin/python -m pytest -m browser -n auto

# Calls every operation of the API with many more examples than the tests do, and others each time.
FUZZ_EXAMPLES ?= 300
fuzz: $(VENV)/.installed-dev
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(VENV)/bin/python -m pytest -q -n auto tests/lifetracker/test_fuzz.py

# About ten minutes; benchmarks/README.md says what is measured.
bench: $(VENV)/.installed
	$(VENV)/bin/python -m benchmarks

lint: $(VENV)/.installed-dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	DEBUG=true $(VENV)/bin/mypy .

format: $(VENV)/.installed-dev
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

# After a change of a .in file.
requirements: $(VENV)/.installed-dev
	for name in requirements requirements-dev; do \
		$(VENV)/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
			--no-emit-index-url --no-emit-find-links --no-emit-trusted-host $$name.in --output-file $$name.txt; \
	done

.env:
	@sed "s/^SECRET_KEY=.*/SECRET_KEY=$$($(VENV)/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))')/" .env.example > .env
	@chmod 600 .env
	@echo "Made .env with a key of its own. Put your WHOOP credentials into it (README says how to get them)."

python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Life Tracker needs Python 3.11, and there is no $(PYTHON) here. Install it, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo "Life Tracker needs Python 3.11; $(PYTHON) is $$($(PYTHON) --version)."; exit 1; }

$(VENV)/.installed: requirements.txt | python
	@echo "Installing into $(VENV) ..."
	@$(VENV)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need ..."
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
