#!/usr/bin/env bash
# All tests: on SQLite, on PostgreSQL where a server answers, in a real browser.
# With --long: the long ones, on both databases. In CI (CI set) nothing may be left out.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stages.sh

bash scripts/install.sh dev
python=.venv/bin/python
# Each run chooses its own database; the tests read nothing else of a developer's environment.
unset DATABASE_URL

began=$SECONDS
postgres=
if ! postgres=$(PYTHONPATH=. $python scripts/find_postgres.py 2>.venv/no-postgres); then
  cat .venv/no-postgres
  # A server that was asked for by name, or that CI demands, must be there.
  if [ -n "${CI:-}" ] || [ -n "${TEST_POSTGRES_URL:-}" ]; then
    note "PostgreSQL" FAILED $((SECONDS - began))
  else
    note "Tests on PostgreSQL" "left out" $((SECONDS - began))
  fi
  postgres=
fi

# The tests of printed sheets fail without it.
bash scripts/pango.sh || note "Pango" FAILED 0

if [ "${1:-}" = --long ]; then
  select=(-m "long and not browser")
  which=long
  bash scripts/libreoffice.sh || note "LibreOffice" FAILED 0
  export HYPOTHESIS_PROFILE=long
else
  select=(-m "not browser and not long")
  which="not long"
fi
pytest=($python -m pytest -q -n auto --maxprocesses 8)

stage "Tests on SQLite" "${pytest[@]}" "${select[@]}"
if [ -n "$postgres" ]; then
  # No test is about what survives a power cut, and none asks enough for compiling a query, or for weighing the order of
  # its joins, to be worth it.
  options="-c synchronous_commit=off -c jit=off -c join_collapse_limit=1 -c from_collapse_limit=1"
  # Which tests are not about a database, and why nothing is lost: tests/crawls.py.
  select[1]+=" and not any_database"
  stage "Tests on PostgreSQL" env DATABASE_URL="$postgres" PGOPTIONS="$options" "${pytest[@]}" "${select[@]}"
fi
if [ "$($python -m epe_ap.environment BROWSER)" = no ] && [ -z "${CI:-}" ]; then
  note "Browser tests" "left out" 0
else
  began=$SECONDS
  if [ "$which" = long ]; then
    bash scripts/lighthouse.sh >/dev/null || note "Lighthouse" FAILED 0
  fi
  if chromium=$(bash scripts/chromium.sh); then
    # Each process has a site of its own. A file stays with one of them: its tests may share a page.
    stage "Browser tests" env CHROMIUM="$chromium" "${pytest[@]}" --dist loadfile -m "browser and $which" tests/browser
  else
    note "Browser tests" FAILED $((SECONDS - began))
  fi
fi
summary
