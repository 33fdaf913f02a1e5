#!/usr/bin/env bash
# Makes .venv and installs the locked requirements into it, only where something changed.
# Usage: install.sh [dev]. PYTHON names the interpreter that .venv is made with; else the first that will do.
set -euo pipefail
cd "$(dirname "$0")/.."

lock=requirements.txt
[ "${1:-}" = dev ] && lock=requirements-dev.txt

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  if ! python=$(find_python); then
    echo "Python 3.11 or newer is needed and was not found: install it (for example: apt-get install python3 python3-venv)." >&2
    exit 1
  fi
  echo "Making .venv with $("$python" --version) …"
  if ! output=$("$python" -m venv --clear .venv 2>&1); then
    echo "$output" | tail -n 3 >&2
    echo "A virtual environment could not be made: on Debian and Ubuntu, apt-get install python3-venv." >&2
    exit 1
  fi
fi

# The lock that was installed is kept beside what it installed; equal text means nothing to do.
if ! cmp -s "$lock" ".venv/installed-$lock"; then
  echo "Installing $(grep -c '==' "$lock") packages from $lock …"
  rm -f ".venv/installed-$lock"
  if ! .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$lock"; then
    echo "The packages of $lock could not be installed: see the lines above; is a package index within reach?" >&2
    exit 1
  fi
  cp "$lock" ".venv/installed-$lock"
  # The development lock holds every package of the other one, in the same version.
  [ "$lock" = requirements.txt ] || cp requirements.txt .venv/installed-requirements.txt
fi
