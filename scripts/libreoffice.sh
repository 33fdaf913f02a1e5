#!/usr/bin/env bash
# Sees to it that LibreOffice is there, for the long tests that save workbooks with it. Fails with one plain line where it cannot.
set -euo pipefail

command -v soffice >/dev/null || command -v libreoffice >/dev/null && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing LibreOffice for the long tests …" >&2
  if apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-calc >/dev/null; then
    exit
  fi
fi
echo "The long tests save workbooks with LibreOffice: install it (apt-get install libreoffice-calc)." >&2
exit 1
