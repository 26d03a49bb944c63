#!/usr/bin/env bash
# The guard: bench/guard.sh DLL [--label TEXT]. Ratios of the silo to peers and floors in one run of at most 10 minutes, all of them in turn, so that what else
# the machine does hits all alike. Prints a table beside bench/guard.json and writes bench/results/{time}-{commit}.json; ends with 1 when a figure is out of its bounds.
# ROUNDS (3) rounds; a figure is the median of its rounds. Nothing else should run.
set -euo pipefail
dll=$1; shift
label=
[ "${1:-}" != --label ] || label=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$here/../../shared/bench bin=$here/../artifacts/bench
rounds=${ROUNDS:-3} sockets=4000
. "$here/silo.sh"
. "$here/peers.sh"
. "$here/upload-targets.sh"
. "$here/socket-targets.sh"
trap 'stop_silo; stop_peer; stop_sink; rm -rf "$work"' EXIT
ulimit -n "$(ulimit -H -n)"
for tool in upload-load s3sink passthrough ws-load kestrelws; do build_tool $tool; done
status_load=$(dirname "$dll")/../../StatusLoad/release/Ingestion.Bench.StatusLoad.dll
began=$(now_ms)

# note NAME VALUE: one figure of this round.
note() { echo "$1 $2" >>"$work/figures"; echo "  $1: $2"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }

# load_upload TARGET MODE WARM-UP [load arguments]: sets rate, cpu and peak.
load_upload() {
  local target=$1 mode=$2 warm=$3; shift 3
  local where result
  start_sink; start_upload_target "$target"
  where=$target_form; [ "$mode" = multipart ] || where=$target_tus
  local load=("$bin/upload-load/upload-load" --mode "$mode" --url "$where" --pid "$target_pids" "$@")
  [ -z "$target_token" ] || load+=(--token "$target_token")
  "${load[@]}" --count "$warm" >/dev/null
  result=$("${load[@]}")
  [ "$(field failed <<<"$result")" = 0 ] || { echo "uploads failed: $result" >&2; exit 1; }
  rate=$(field req_s <<<"$result") cpu=$(field srv_cpu_ms_per_upload <<<"$result") peak=$(field peak <<<"$result")
  stop_targets; stop_sink
}

forms() {
  load_upload passthrough multipart 300 --users 100 --count 200; local peer_rate=$rate peer_cpu=$cpu
  load_upload silo-s3 multipart 300 --users 100 --count 200
  note form_s3_rate_to_passthrough "$(ratio "$rate" "$peer_rate")"
  note form_s3_cpu_to_passthrough "$(ratio "$cpu" "$peer_cpu")"
  note form_s3_peak_mib "$peak"
}
small() {
  load_upload passthrough multipart 1500 --users 50 --count 2000 --size 65536; local peer_cpu=$cpu
  load_upload silo-s3 multipart 1500 --users 50 --count 2000 --size 65536
  note small_form_cpu_ms "$cpu"
  note small_form_cpu_to_passthrough "$(ratio "$cpu" "$peer_cpu")"
}
tus() {
  load_upload tus-file tus 60 --users 60 --count 120; local peer_rate=$rate
  load_upload silo-file tus 200 --users 60 --count 120
  note tus_file_rate_to_tus_node "$(ratio "$rate" "$peer_rate")"
}

# hold TARGET: sets idle_bytes, broadcast_cpu and broadcast_p99.
hold() {
  local result
  start_socket_target "$1" system
  "$bin/ws-load/ws-load" "${load[@]}" --connections 200 --hold 2 >/dev/null
  result=$("$bin/ws-load/ws-load" "${load[@]}" --connections $sockets --hold 8 --pid "$target_pid")
  idle_bytes=$(field bytes_per_conn <<<"$result")
  result=$("$bin/ws-load/ws-load" "${load[@]}" "${publish[@]}" --connections $sockets --publish-rate 10 --hold 10 --pid "$target_pid")
  broadcast_cpu=$(field srv_cpu_pct_hold <<<"$result") broadcast_p99=$(grep -o '"lat_ms":{[^}]*}' <<<"$result" | field p99)
  stop_targets
}
live() {
  hold kestrelws; local peer_bytes=$idle_bytes peer_cpu=$broadcast_cpu peer_p99=$broadcast_p99
  hold silo
  note idle_socket_to_kestrel "$(ratio "$idle_bytes" "$peer_bytes")"
  note broadcast_cpu_to_kestrel "$(ratio "$broadcast_cpu" "$peer_cpu")"
  note broadcast_p99_to_kestrel "$(ratio "$broadcast_p99" "$peer_p99")"
}
latency() {
  start_socket_target silo user
  local result; result=$(dotnet "$status_load" latency "$url" "$work/tokens" 50 50 10)
  echo "  $result"
  note last_byte_to_event_p99_ms "$(grep -o 'last byte.*' <<<"$result" | grep -o 'p99 [0-9.]*' | head -n 1 | cut -d' ' -f2)"
  stop_targets
}
start() {
  rm -rf "$work/data"; start_silo "$dll"; sleep 5
  note start_to_ready_ms "$ready_ms"
  note idle_rss_mib "$(rss_mib "$silo_pid")"
  stop_silo
}

parts=(start forms small live latency)
install_tus_node && parts+=(tus)
for round in $(seq "$rounds"); do
  for part in "${parts[@]}"; do
    echo "round $round, $part, $(( ($(now_ms) - began) / 1000 )) s"
    "$part"
  done
done
mkdir -p "$here/results"
python3 "$here/guard.py" "$work/figures" "$here/guard.json" "$here/results" "$(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo unknown)" "$label"
