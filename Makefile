# Everything a newcomer types. Each target does its own set-up from a bare clone.
# Settings come from the environment or from .env: see .env.example.

.DEFAULT_GOAL := help
.PHONY: help run data test test-long check format lock messages env-example clean

help: ## what can be typed here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## set everything up and start the site on http://127.0.0.1:8000/ (PORT and DATABASE_URL are respected)
	@bash scripts/prepare.sh --serve

data: ## the same without the server
	@bash scripts/prepare.sh

test: ## all tests: on SQLite, on PostgreSQL, in a browser
	@bash scripts/test.sh

test-long: ## the tests that take too long for every change
	@bash scripts/test.sh --long

check: ## formatter, linter, types, templates, migrations, settings, imports, translations, results
	@bash scripts/check.sh

format: ## rewrite Python and templates as the formatters want them
	@bash scripts/install.sh dev
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix --exit-zero --quiet .
	-@find templates -name '*.html' -print0 | xargs -0 -r .venv/bin/djade --target-version 5.2

lock: ## renew requirements*.txt after a change of requirements*.in
	@bash scripts/install.sh dev
	@for name in requirements requirements-dev; do \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --no-header --no-annotate $$name.in -o $$name.txt || exit 1; \
	done

messages: ## collect the texts to translate into locale/ (needs GNU gettext)
	@bash scripts/install.sh dev
	@DEBUG=on .venv/bin/python manage.py makemessages -l fr -l es --no-obsolete --add-location file --ignore .venv --ignore tests

env-example: ## write .env.example anew from epe_ap/environment.py
	@bash scripts/install.sh
	@.venv/bin/python -m epe_ap.environment > .env.example

clean: ## remove what these commands made, except the database
	@rm -rf .venv staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results tests/lighthouse/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
