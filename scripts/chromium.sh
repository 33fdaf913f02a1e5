#!/usr/bin/env bash
# Prints the path of a Chromium, installing one where that is possible. Fails with one plain line where it is not.
set -euo pipefail

find_chromium() {
  local name
  for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && return
  done
  return 1
}

find_chromium && exit

if [ -n "${CHROMIUM:-}" ]; then
  echo "CHROMIUM is \"$CHROMIUM\": no such program; name one, or leave it empty." >&2
  exit 1
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests …" >&2
  if apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null; then
    find_chromium && exit
  fi
fi
echo "The browser tests need Chromium: install it (apt-get install chromium), set CHROMIUM, or leave them out with BROWSER=no." >&2
exit 1
