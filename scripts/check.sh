#!/usr/bin/env bash
# The gates a change must pass beside the tests. Each is a stage; one run tells all that is wrong.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stages.sh

bash scripts/install.sh dev
bin=.venv/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# No gate looks at a developer's own database, variables or .env.
unset DEBUG SECRET_KEY CACHE_URL
export ENV_FILE= DATABASE_URL="sqlite:///$scratch/db.sqlite3"
own_machine=(env DEBUG=on "$bin/python" manage.py)

templates() {
  find templates -name '*.html' -print0 | xargs -0 "$bin/djade" --target-version 5.2 --check
}

deploy() {
  env DEBUG=off HTTPS=on ALLOWED_HOSTS=results.example.org WEB_PROCESSES=1 \
    SECRET_KEY="$("$bin/python" -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    "$bin/python" manage.py check --deploy --fail-level WARNING
}

translations() {
  # Collecting the texts anew, in a copy, finds those that the catalogues do not have yet.
  if ! command -v xgettext >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gettext >/dev/null
    fi
  fi
  if ! command -v xgettext >/dev/null; then
    echo "GNU gettext is needed to see whether every text is in the catalogues: install it (apt-get install gettext)."
    return 1
  fi
  local copy=$scratch/copy
  mkdir "$copy" &&
    git ls-files -z --cached --others --exclude-standard -- ':!tests' ':!docs' ':!fixtures' |
      xargs -0 sh -c 'for file; do [ ! -e "$file" ] || printf "%s\0" "$file"; done' - |
      tar --null -cf - -T - | tar -xf - -C "$copy" &&
    (
      cd "$copy" &&
        DEBUG=on "$OLDPWD/$bin/python" manage.py makemessages -v 0 -l fr -l es --no-obsolete --add-location file &&
        DEBUG=on "$OLDPWD/$bin/python" manage.py compilemessages --check
    )
}

image() {
  # Makes a database of its own: migrations, the whole book, and its results checked.
  "$bin/python" -m pytest -q -s -m "long or not long" tests/epe_ap/test_dockerfile.py
}

stage "Formatter (ruff format)" "$bin/ruff" format --check --quiet .
stage "Linter (ruff check)" "$bin/ruff" check --quiet .
stage "Templates (djade)" templates
stage "Import contracts" "$bin/lint-imports" --no-cache
stage "Types (mypy)" "$bin/mypy"
stage "Migrations" "${own_machine[@]}" makemigrations --check --dry-run
stage "Settings of a server" deploy
stage "Translations" translations
stage "Image with the book (replayed)" image
summary
