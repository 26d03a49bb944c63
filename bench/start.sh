#!/usr/bin/env bash
# Start to ready, and RSS 10 s later, on an empty data folder and again on the same; beside what no silo can be below: a bare one (Orleans, Kestrel,
# one address), and one with the libraries that this project must use. Interleaved, medians of RUNS (5).
set -euo pipefail
dll=$1
runs=${RUNS:-5}
. "$(dirname "${BASH_SOURCE[0]}")/silo.sh"
bare=$(dirname "$dll")/../../BareSilo/release/Ingestion.Bench.BareSilo.dll

# anon_mib PID: the part of its RSS that no file is behind.
anon_mib() { awk '/RssAnon/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }

# measure NAME DLL [arguments]
measure() {
  local name=$1
  shift
  start_silo "$@"
  local cpu; cpu=$(cpu_ms "$silo_pid")
  sleep 10
  echo "$ready_ms $cpu $(rss_mib "$silo_pid") $(anon_mib "$silo_pid")" | tee -a "$work/starts-$name" |
    { read -r ready cpu rss anon; echo "$name: ready after $ready ms ($cpu ms of CPU), idle RSS $rss MiB, $anon of it anonymous"; }
  stop_silo
}

# median NAME COLUMN
median() { sort -nk"$2" "$work/starts-$1" | awk -v column="$2" '{ value[NR] = $column } END { print value[int((NR + 1) / 2)] }'; }

for run in $(seq "$runs"); do
  rm -rf "$work/data"
  measure first "$dll"
  # On the same data folder: what a restart takes, with the start profile that the first start wrote.
  measure again "$dll"
  measure bare "$bare"
  measure libraries "$bare" libraries
done
for name in first again bare libraries; do
  echo "median of $name: ready after $(median $name 1) ms ($(median $name 2) ms of CPU), idle RSS $(median $name 3) MiB, $(median $name 4) of it anonymous"
done
