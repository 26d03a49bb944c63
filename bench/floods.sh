#!/usr/bin/env bash
# Floods: bench/floods.sh DLL [KIND…]   (all by default)
# For each kind a fresh silo, ten honest clients alone for SECONDS (10), then the same with one client beside them that repeats one thing as fast as it can, over
# eight connections. One line a kind: p99 of the honest clients alone and during the flood, their ratio, growth of RSS, log lines a second beyond those of the honest clients, and what the flood got back.
# Ends with 1 when a p99 more than doubles, RSS grows by more than 30 MiB, or more than one line a second is logged.
set -euo pipefail
dll=$1; shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seconds=${SECONDS_EACH:-10} users=10
kinds=("$@")
[ $# -gt 0 ] || kinds=(wrong-tokens ticket-guesses tickets made-up-videos made-up-uploads subs sockets polls small-appends part-replays shares webhooks broadcasts)
. "$here/silo.sh"
. "$here/socket-targets.sh"
# The rates as they come: they are what is measured. The honest clients send no video.
unset Ingestion__Sockets__AcceptsPerSecond Ingestion__Sockets__MaxSocketsPerUser Ingestion__Sockets__PongSeconds
status_load=$(dirname "$dll")/../../StatusLoad/release/Ingestion.Bench.StatusLoad.dll
sampler_pid=
trap '[ -z "$sampler_pid" ] || kill "$sampler_pid" 2>/dev/null || true; stop_silo; rm -rf "$work"' EXIT

token() { DOTNET_ENVIRONMENT=Development dotnet "$dll" token "$@" --ttl 1h --data "$work/data"; }
honest() { dotnet "$status_load" honest "$url" "$work/tokens" "$users" "$1"; }
# log_lines: the audit log has a line for each act that was accepted, as it must; what a flood adds to it is bounded by the rate of such acts.
log_lines() { grep -vc Ingestion.Audit "$work/log" || true; }
# p99 WHAT LINE: of reads or uploads.
p99() { grep -o "$1 p50[^;]*" <<<"$2" | grep -o 'p99 [0-9.]*' | cut -d' ' -f2; }

bad=0
for kind in "${kinds[@]}"; do
  rm -rf "$work/data"
  start_silo "$dll" --roles api
  tokens "$users"
  { token flooder --scope upload --scope read --scope share --scope webhooks; token operator --scope admin; } >"$work/flooder"
  honest 3 >/dev/null
  start=$(log_lines)
  alone=$(honest "$seconds")
  # What the honest uploads log themselves: it comes again during the flood.
  lines=$(log_lines); lines=$((2 * lines - start)) before=$(rss_mib "$silo_pid")
  ( while sleep 0.25; do rss_mib "$silo_pid"; echo; done >"$work/rss" ) & sampler_pid=$!
  dotnet "$status_load" flood "$kind" "$url" "$work/flooder" "$seconds" >"$work/flood" & flood_pid=$!
  during=$(honest "$seconds")
  wait "$flood_pid"
  kill "$sampler_pid"; wait "$sampler_pid" 2>/dev/null || true; sampler_pid=
  python3 - "$kind" "$(p99 read "$alone")" "$(p99 read "$during")" "$(p99 upload "$alone")" "$(p99 upload "$during")" "$before" \
    "$(sort -n "$work/rss" | tail -n 1)" "$(( $(log_lines) - lines ))" "$seconds" "$(cat "$work/flood")" "$(grep -o '[0-9]* failed' <<<"$during")" <<'PY' || bad=1
import sys
kind, read, read2, upload, upload2, before, peak, lines, seconds, got, failed = sys.argv[1:]
r, u = float(read2) / float(read), float(upload2) / float(upload)
growth, rate = int(peak) - int(before), int(lines) / int(seconds)
print(f'{kind}: read p99 {read} -> {read2} ms ({r:.2f}x), upload p99 {upload} -> {upload2} ms ({u:.2f}x), {failed}; RSS {before} -> {peak} MiB (+{growth}); {rate:.1f} log lines/s; got {got}', flush=True)
sys.exit(max(r, u) > 2 or growth > 30 or rate > 1)
PY
  stop_silo
done
exit $bad
