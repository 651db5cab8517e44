# Two commands do everything: `make demo` shows it on made-up data, `make test` tests it.
# They take the first Python from 3.11 to 3.13 that they find; `make PYTHON=/path/to/python3.12` names one.
VENV = .venv
RUN = $(VENV)/bin/python manage.py
export PORT SANDBOX_PORT PYTHON

.PHONY: demo run test test-browser screenshots fuzz bench lint format requirements audit sbom

demo: $(VENV)/.installed
	@exec $(RUN) demo

# Your own data, with the settings of .env, at http://localhost:5001, and a worker that keeps it up to date.
run: $(VENV)/.installed .env
	@exec $(RUN) run

test: $(VENV)/.installed-dev
	$(RUN) test

test-browser: $(VENV)/.installed-dev
	$(VENV)/bin/python -m pytest -m browser -n auto tests/browser

# Pictures of every page in `screenshots/`, to look at before a change of the pages is taken. A few minutes.
screenshots: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.screenshots

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

# After a change of a .in file. One lock for all systems, and for Python 3.11 to 3.13.
requirements: $(VENV)/.installed-dev
	for name in requirements-uv requirements requirements-dev requirements-release; do \
		$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11.0 \
			--generate-hashes --no-header $$name.in --output-file $$name.txt || exit; \
	done

# Asks PyPI for known vulnerabilities of all that is locked. A package that it cannot ask about is a failure too.
audit: .venv-release/.installed
	.venv-release/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.txt

# The list of all parts for a release, in the form of CycloneDX. It needs no network.
sbom: .venv-release/.installed
	.venv-release/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file sbom.cdx.json requirements.txt

.venv-release/.installed: requirements-release.txt requirements-uv.txt
	@VENV=.venv-release ./install.sh requirements-release.txt
	@touch $@

# Written whole or not at all: a .env without its key would be taken for one that is made.
.env:
	@umask 077; key=$$($(VENV)/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))') && \
	sed "s/^SECRET_KEY=.*/SECRET_KEY=$$key/" .env.example 2>/dev/null > .env.part && mv .env.part .env || { \
		rm -f .env.part; echo ".env could not be written: the disk is full, or this folder cannot be written." >&2; exit 1; }
	@echo "Created .env with a key of its own. Put the credentials of your services into it; README.md says how to get them."

$(VENV)/.installed: requirements.txt requirements-uv.txt
	@VENV=$(VENV) ./install.sh requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@VENV=$(VENV) ./install.sh requirements-dev.txt
	@touch $@
