#!/usr/bin/env bash
# Prints the path of Lighthouse, installing the locked packages where they are not there yet. Fails with one plain line where it cannot.
set -euo pipefail
cd "$(dirname "$0")/../tests/lighthouse"

enough() { command -v node >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' && command -v npm >/dev/null; }

if ! enough && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Node.js for Lighthouse …" >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm; } >/dev/null ||
    echo "apt-get could not install them." >&2
fi
if ! enough; then
  echo "Lighthouse needs Node.js 18 or newer with npm: install them (apt-get install nodejs npm), or leave the browser tests out with BROWSER=no." >&2
  exit 1
fi

# The lock that was installed is kept beside what it installed; equal text means nothing to do.
if ! cmp -s package-lock.json node_modules/installed-lock.json; then
  echo "Installing Lighthouse …" >&2
  if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2; then
    echo "Lighthouse could not be installed: see the lines above; is a registry of npm's packages within reach?" >&2
    exit 1
  fi
  cp package-lock.json node_modules/installed-lock.json
fi
echo "$(pwd)/node_modules/.bin/lighthouse"
