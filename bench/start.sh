#!/usr/bin/env bash
# Start to ready, and RSS 10 s later: medians of five starts.
set -euo pipefail
dll=$1
. "$(dirname "${BASH_SOURCE[0]}")/silo.sh"
for i in 1 2 3 4 5; do
  rm -rf "$work/data"
  start_silo "$dll"
  sleep 10
  echo "$ready_ms $(rss_mib "$silo_pid")" >>"$work/starts"
  echo "start $i: ready after $ready_ms ms, idle RSS $(rss_mib "$silo_pid") MiB"
  stop_silo
done
sort -n "$work/starts" | awk '{ ready[NR] = $1 } END { printf "median start to ready: %d ms\n", ready[3] }'
sort -nk2 "$work/starts" | awk '{ rss[NR] = $2 } END { printf "median idle RSS: %d MiB\n", rss[3] }'
