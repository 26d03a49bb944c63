#!/usr/bin/env bash
# A silo under a mixed load for a long time: bench/soak.sh DLL --minutes N [--svg FILE] [--csv FILE] [--users N] [--sockets N]
# A silo of both roles with the default budget. In rounds of ROUND (300) s, each with new users: N (5) new users a second who poll once, an honest client
# whose videos are processed by ffmpeg, N (200) sockets that come, get a broadcast a second, and go. Every 5 s RSS, anonymous memory, floors and verdicts on
# leaks go to the CSV (artifacts/soak.csv). Prints the growth of the floor in MB/h by a fit over the second half, the average and highest RSS, and writes a plot
# (docs/measuring/soak.svg). Half a gigabyte of videos an hour stays on the disk until the end.
# shellcheck disable=SC1091,SC2034,SC2154 # variables are shared with the scripts that are sourced
set -euo pipefail
dll=$1; shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
minutes='' svg=$root/docs/measuring/soak.svg csv=$root/artifacts/soak.csv users=5 sockets=200

fail() { echo "soak: $*" >&2; exit 2; }
whole() { [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || fail "$1 takes a whole number from 1 on, not '$2'"; }
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value; there are --minutes, --svg, --csv, --users and --sockets"
  case $1 in
    --minutes) whole "$1" "$2"; minutes=$2 ;;
    --users) whole "$1" "$2"; users=$2 ;;
    --sockets) whole "$1" "$2"; sockets=$2 ;;
    --svg) svg=$2 ;;
    --csv) csv=$2 ;;
    *) fail "no such option: $1; there are --minutes, --svg, --csv, --users and --sockets" ;;
  esac
  shift 2
done
[ -n "$minutes" ] || fail '--minutes is missing'
for file in "$svg" "$csv"; do
  { mkdir -p "$(dirname "$file")" && touch "$file"; } || fail "$file can't be written"
done
command -v ffmpeg >/dev/null || fail 'ffmpeg is missing'

. "$here/silo.sh"
. "$here/storms/cgroup.sh"
. "$here/storms/keeper.sh"
status_load=$(dirname "$dll")/../../StatusLoad/release/Ingestion.Bench.StatusLoad.dll
sampler_pid='' load_pids=()
trap 'stop_soak; rm -rf "$work"' EXIT
ulimit -n "$(ulimit -H -n)"

stop_soak() {
  local pid
  for pid in "${load_pids[@]}" $sampler_pid; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  stop_kept
  remove_cgroup
}

# load KIND TOKENS COUNT SECONDS […]
load() { dotnet "$status_load" "$1" "$url" "$work/$2" "${@:3}" >>"$work/said" & load_pids+=($!); }

# round SECONDS: users are counted on, so that none comes twice.
first=0
round() {
  local crowd=$((users * $1))
  tokens $((crowd + sockets + 1)) "$work/data/keys/token.key" $first
  first=$((first + crowd + sockets + 1))
  head -n "$crowd" "$work/tokens" >"$work/crowd"
  sed -n "$((crowd + 1)),$((crowd + sockets))p" "$work/tokens" >"$work/sockets"; sed -i "1i $admin" "$work/sockets"
  tail -n 1 "$work/tokens" >"$work/honest"
  load_pids=()
  load crowd crowd "$crowd" "$1"
  load honest honest 1 "$1" "$work/ledger"
  load sockets sockets "$sockets" "$1" $((sockets / 20)) 1
  wait "${load_pids[@]}"
  load_pids=()
}

# What a container of a silo with both roles and the default budget is given.
CGROUP=${CGROUP:-auto} make_cgroup 860
start_kept Ingestion__RateLimits__ConnectsPerSecondPerAddress=0 -- --roles api,worker
admin=$(DOTNET_ENVIRONMENT=Development dotnet "$dll" token operator --scope admin --ttl 48h --data "$work/data")
python3 "$here/soak/sample.py" "$url" "$csv" & sampler_pid=$!
: >"$work/ledger"
end=$((SECONDS + 60 * minutes))
while [ $SECONDS -lt $end ]; do
  left=$((end - SECONDS))
  round $((left < ${ROUND:-300} ? left : ${ROUND:-300}))
  # Of the last round is enough.
  tail -n 3 "$work/said" >"$work/said.new"; mv "$work/said.new" "$work/said"
done
kill "$sampler_pid"; wait "$sampler_pid" 2>/dev/null || true; sampler_pid=
python3 "$here/soak/plot.py" "$csv" "$svg" "$(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo unknown)"
dotnet "$status_load" kept "$url" "$work/ledger" || true
echo "the silo has ended $(lives) times; ${cgroup:+OOM kills: $(cgroup_kills); }the last round:"
sed 's/^/    /' "$work/said"
echo "written: $csv, $svg"
