#!/usr/bin/env bash
# Start to ready, and RSS 10 s later, beside a bare silo (Orleans, Kestrel, one address): what no silo can be below. Interleaved, medians of RUNS (5).
set -euo pipefail
dll=$1
runs=${RUNS:-5}
. "$(dirname "${BASH_SOURCE[0]}")/silo.sh"
bare=$(dirname "$dll")/../../BareSilo/release/Ingestion.Bench.BareSilo.dll

# anon_mib PID: the part of its RSS that no file is behind.
anon_mib() { awk '/RssAnon/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }

# measure NAME DLL
measure() {
  rm -rf "$work/data"
  start_silo "$2"
  local cpu; cpu=$(cpu_ms "$silo_pid")
  sleep 10
  echo "$ready_ms $cpu $(rss_mib "$silo_pid") $(anon_mib "$silo_pid")" | tee -a "$work/starts-$1" |
    { read -r ready cpu rss anon; echo "$1: ready after $ready ms ($cpu ms of CPU), idle RSS $rss MiB, $anon of it anonymous"; }
  stop_silo
}

# median NAME COLUMN
median() { sort -nk"$2" "$work/starts-$1" | awk -v column="$2" '{ value[NR] = $column } END { print value[int((NR + 1) / 2)] }'; }

for run in $(seq "$runs"); do
  measure silo "$dll"
  measure bare "$bare"
done
for name in silo bare; do
  echo "median of $name: ready after $(median $name 1) ms ($(median $name 2) ms of CPU), idle RSS $(median $name 3) MiB, $(median $name 4) of it anonymous"
done
