# Sourced by test.sh and check.sh: runs stages one after the other, times each, and sums up at the end.
# A failed stage does not stop the next one, so that one run tells all.

stages=()
failed=0

stage() { # NAME COMMAND…
  local name=$1 began=$SECONDS outcome=passed
  shift
  printf '\n== %s\n' "$name"
  "$@" || outcome=FAILED
  note "$name" "$outcome" $((SECONDS - began))
}

note() { # NAME OUTCOME SECONDS
  [ "$2" != FAILED ] || failed=1
  local line
  line=$(printf '%-34s %-8s %4d s' "$1" "$2" "$3")
  stages+=("$line")
  # A caller of several scripts (.ci/run) collects the stages of all.
  [ -z "${STAGES_FILE:-}" ] || printf '%s\n' "$line" >>"$STAGES_FILE"
  printf -- '-- %s: %s, %d s\n' "$1" "$2" "$3"
}

summary() {
  printf '\n'
  printf '%s\n' "${stages[@]}"
  exit "$failed"
}
