#!/usr/bin/env bash
# Sets everything up on one's own machine; with --serve, starts the development server too.
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/install.sh
if ! bash scripts/pango.sh; then
  echo "The site starts all the same; in place of printed sheets it says that it cannot make them." >&2
fi

# On one's own machine DEBUG is on, unless the environment or .env says otherwise.
if [ -z "${DEBUG:-}" ] && ! grep -qsE '^[[:space:]]*DEBUG[[:space:]]*=' "${ENV_FILE-.env}"; then
  export DEBUG=on
fi

.venv/bin/python manage.py prepare

if [ "${1:-}" = --serve ]; then
  port=$(.venv/bin/python -m epe_ap.environment PORT)
  echo "The site: http://127.0.0.1:$port/ (Ctrl-C ends it)"
  exec .venv/bin/python manage.py runserver "127.0.0.1:$port"
fi
