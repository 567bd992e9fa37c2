# shellcheck shell=bash
# Sourced by every script here: the repository's root, messages, compiler cache, number of jobs.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# What a caller has set stays as it is.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}
export CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-true}
# Without these two ccache cannot cache files that use a precompiled header.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }
usage_error() { say "${0##*/}: $*"; usage >&2; exit 2; }

# One compiler takes up to 1.5 GiB; more of them than memory holds would be killed. Call it as `n=$(job_limit)`: only an
# assignment stops the script when it fails.
job_limit() {
  if [[ -n ${JOBS:-} ]]; then
    [[ $JOBS =~ ^[1-9][0-9]*$ ]] || die "JOBS must be a whole number above 0, not '$JOBS'"
    echo "$JOBS"
    return
  fi
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ {print int($2 / 1024 / 1536)}' /proc/meminfo)
  ((memory >= 1)) || memory=1
  echo $((cores < memory ? cores : memory))
}
