#!/usr/bin/env bash
# Sees to it that Pango is there, which PDF sheets are made with. Fails with one plain line where it cannot.
set -euo pipefail

python=.venv/bin/python
[ -x "$python" ] || python=python3
"$python" -c 'import weasyprint' >/dev/null 2>&1 && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Pango for printed sheets (PDF) …" >&2
  # Pango brings fontconfig, and with it a font.
  if apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 >/dev/null && "$python" -c 'import weasyprint'; then
    exit
  fi
fi
echo "Printed sheets (PDF) need Pango: install it (apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)." >&2
exit 1
