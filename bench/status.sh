#!/usr/bin/env bash
# Live status side by side in one run: bench/status.sh DLL [idle] [broadcast] [message] [latency] [storm]   (all by default)
#   idle       SOCKETS (10,000) that do nothing: bytes of RSS each (ours with a user and its grain each), beside bare Kestrel and SignalR
#   broadcast  RATE (10) messages of about 200 bytes a second to all of them for 20 s: CPU, p50 and p99, beside bare Kestrel and SignalR
#   message    one message to 200 sockets, 50 a second for 20 s: what a single frame takes, beside bare Kestrel and SignalR
#   latency    50 uploads of 64 KB a second by 50 users with a socket each: last byte to event, state to frame
#   storm      5,000 sockets whose silo is killed and started again: until all are subscribed again
# RUNS (3) rounds over all that is compared, each started fresh and warmed up. One line a run.
set -euo pipefail
dll=$1; shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$here/../../shared/bench bin=$here/../artifacts/bench
sockets=${SOCKETS:-10000} rate=${RATE:-10} runs=${RUNS:-3}
. "$here/silo.sh"
. "$here/peers.sh"
. "$here/socket-targets.sh"
trap 'stop_silo; stop_peer; rm -rf "$work"' EXIT
ulimit -n "$(ulimit -H -n)"

for tool in ws-load kestrelws signalr; do build_tool $tool; done
status_load=$(dirname "$dll")/../../StatusLoad/release/Ingestion.Bench.StatusLoad.dll

idle() {
  for run in $(seq "$runs"); do
    for target in kestrelws signalr silo; do
      start_socket_target $target user
      "$bin/ws-load/ws-load" "${load[@]}" --connections 200 --hold 3 >/dev/null
      local result; result=$("$bin/ws-load/ws-load" "${load[@]}" --connections "$sockets" --hold 30 --pid "$target_pid" --label "$target")
      echo "idle $target, run $run: $(field connected <<<"$result") connected in $(field connect_s <<<"$result") s, $(field bytes_per_conn <<<"$result") bytes of RSS each, CPU $(field srv_cpu_pct_hold <<<"$result") %, $(grep -o '"rss_mb":{[^}]*}' <<<"$result")"
      stop_silo; stop_peer
    done
  done
}

# fan_out NAME WARM-UP-SOCKETS SOCKETS RATE: one message to all of them, so many times a second.
fan_out() {
  for run in $(seq "$runs"); do
    for target in ${TARGETS:-kestrelws signalr silo}; do
      start_socket_target $target system
      "$bin/ws-load/ws-load" "${load[@]}" "${publish[@]}" --connections "$2" --publish-rate 50 --hold 10 >/dev/null
      local result; result=$("$bin/ws-load/ws-load" "${load[@]}" "${publish[@]}" --connections "$3" --publish-rate "$4" --hold 20 --pid "$target_pid" --label "$target")
      echo "$1 $target, run $run: $(field received <<<"$result") of $(field expected <<<"$result") received, $(grep -o '"lat_ms":{[^}]*}' <<<"$result"), CPU $(field srv_cpu_pct_hold <<<"$result") %, $(grep -o '"rss_mb":{[^}]*}' <<<"$result"), $(field closed_by_server <<<"$result") closed"
      stop_silo; stop_peer
    done
  done
}

broadcast() { fan_out broadcast 2000 "$sockets" "$rate"; }
message() { fan_out message 200 200 50; }

latency() {
  for run in $(seq "$runs"); do
    start_socket_target silo user
    echo "latency, run $run: $(dotnet "$status_load" latency "$url" "$work/tokens" 50 50 30), RSS $(rss_mib "$target_pid") MiB"
    stop_silo
  done
}

# The silo comes back on its data and its port, with the accept rate that it has by default.
storm() {
  for run in $(seq "$runs"); do
    rm -rf "$work/data"
    start_silo_with Ingestion__Sockets__AcceptsPerSecond=2000 -- "$dll" --roles api
    tokens 5000
    mkfifo "$work/storm"
    dotnet "$status_load" storm "$url" "$work/tokens" 5000 >"$work/storm" & local storm_pid=$!
    exec 3<"$work/storm"
    read -r -u 3
    kill -9 "$silo_pid"; wait "$silo_pid" 2>/dev/null || true
    start_silo_with Ingestion__Sockets__AcceptsPerSecond=2000 -- "$dll" --roles api
    local answer; read -r -u 3 answer
    echo "storm, run $run: $answer, silo ready after $ready_ms ms, $(cpu_ms "$silo_pid") ms CPU since, RSS $(rss_mib "$silo_pid") MiB"
    exec 3<&-; rm "$work/storm"
    wait "$storm_pid" || true
    stop_silo
  done
}

for part in "${@:-idle broadcast message latency storm}"; do for name in $part; do "$name"; done; done
