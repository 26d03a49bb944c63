#!/usr/bin/env bash
# Memory under storms: bench/storms.sh DLL [PART…]   (all but ablation and idle by default)
#   users      USERS (240,000) made-up users who poll once each within SECONDS_EACH (60)
#   hot        the same, beside HOT (500) users who look at their video every 3 s: what they use must not be evicted
#   journals   JOURNALS (40) users with VIDEOS (100) videos and CHANGES (10) changes of each, who read snapshots, replays and pages
#   slow       UPLOADS (1,000) uploads of UPLOAD_BYTES (2,000,000) at once to S3 by a way of SLOW_MIB (16) MiB a second
#   sockets    SOCKETS (10,000) sockets, SLOW_SOCKETS (1,000) of them slow readers, and BROADCASTS (10) of 1 KB a second
#   bombs      two decode bombs a second in a silo with the role worker (needs ffmpeg)
#   all        hot, journals, slow, sockets and bombs at once
#   broken     users, over a silo that an operator recycles after a third of the time, and that is killed (-9) after two
#   ablation   users, on silos whose governor is off, is Orleans' own shedding, and is ours (ABLATION=1 for users alone does the same)
#   idle       IDLE (5,000) sockets of as many users to whom nothing happens: RSS and grains when they have come, and once their grains are at rest
# Each storm runs with HONEST (10) honest clients beside it (2 where there is a worker): first on a silo with ten times the budget, where the governor has
# nothing to do (not with ONE_BUDGET=1), then with each BUDGET ("512 300" MiB; a silo with a worker: the first alone). One line a run, with a verdict on the
# musts: the silo at most 1.15 of its budget, the tree below the limit, a minute later (REST, 60 s) below 60 %; p99 of honest requests at most twice that of the
# first run; no failure, regret below 10 %, and all that was acknowledged there, with the SHA-256 of what was sent. Ends with 1 when a must is missed.
# Where a cgroup can be made the silo runs in one that leaves it that budget, and finds the budget by itself; CGROUP=0: never, CGROUP=1: or nothing runs.
# LIMIT (as "512") gives the sizes of the cgroups in place of the budgets.
# shellcheck disable=SC1091,SC2034,SC2154 # variables are shared with the scripts that are sourced
set -euo pipefail
dll=$1; shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
users=${USERS:-240000} hot=${HOT:-500} journals=${JOURNALS:-40} videos=${VIDEOS:-100} changes=${CHANGES:-10}
uploads=${UPLOADS:-1000} upload_bytes=${UPLOAD_BYTES:-2000000} sockets=${SOCKETS:-10000} slow_sockets=${SLOW_SOCKETS:-1000} broadcasts=${BROADCASTS:-10}
seconds=${SECONDS_EACH:-60} rest=${REST:-60} patience=${PATIENCE:-300} idle_sockets=${IDLE:-5000}
read -r -a budgets <<<"${LIMIT:-${BUDGET:-512 300}}"
missed=0 reference='' table='' expected=''
. "$here/silo.sh"
. "$here/bomb-files.sh"
. "$here/storms/cgroup.sh"
. "$here/storms/keeper.sh"
. "$here/storms/stores.sh"
. "$here/storms/loads.sh"
. "$here/storms/measure.sh"
. "$here/storms/parts.sh"
status_load=$(dirname "$dll")/../../StatusLoad/release/Ingestion.Bench.StatusLoad.dll
trap 'stop_all; stop_silo; rm -rf "$work"' EXIT
ulimit -n "$(ulimit -H -n)"

[ $# -gt 0 ] || set -- users hot journals slow sockets bombs all broken
for part in "$@"; do
  case $part in
    users) if [ -n "${ABLATION:-}" ]; then ablation; else compare users; fi ;;
    hot|journals|slow|sockets|bombs|all) compare "$part" ;;
    broken|ablation|idle) "$part" ;;
    *) echo "no such part: $part" >&2; exit 2 ;;
  esac
done
exit $missed
