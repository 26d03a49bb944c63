#!/usr/bin/env bash
# What STORED (100,000) uploads of one user cost once they are stored: bench/stored.sh DLL
# The same silo with 100 of them and with all: start to ready, RSS 10 s later, latency of the first page and of one in the middle.
set -euo pipefail
dll=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$here/../../shared/bench bin=$here/../artifacts/bench
stored=${STORED:-100000} few=100 step=10000
. "$here/silo.sh"
. "$here/peers.sh"
build_tool upload-load

# The worker takes each job and finds no tools, so that every video becomes ready as it is and no job stays queued. Random bytes are no video, and
# one client may begin as often as it can.
export Ingestion__Worker__ToolPath=/nonexistent
export Ingestion__Uploads__RequireKnownContainer=false Ingestion__Limits__MaxConcurrentUploadsPerUser=0
export Ingestion__Limits__CreationsPerSecondPerUser=0 Ingestion__Limits__CreationsPerSecondPerAddress=0

token() { DOTNET_ENVIRONMENT=Development dotnet "$dll" token bench --ttl 6h --data "$work/data"; }
fill() { "$bin/upload-load/upload-load" --token "$1" --url "$url/api/videos/upload" --users 32 --count "$2" --size 1000 >>"$work/fill.log"; }

# page_ms PATH: the median of 21 requests.
page_ms() {
  for _ in $(seq 21); do
    curl -sf -o "$work/page" -w '%{time_total}\n' -H "Authorization: Bearer $bearer" "$url$1"
  done | sort -n | sed -n 11p | awk '{ printf "%.1f", $1 * 1000 }'
}

# look COUNT: starts the silo on what is stored and prints one line.
look() {
  start_silo "$dll"
  sleep 10
  local idle; idle=$(rss_mib "$silo_pid")
  local first; first=$(page_ms '/api/videos?limit=20')
  local middle; middle=$(page_ms "/api/videos?limit=20&cursor=$(($1 / 2))")
  echo "$1 stored: ready after $ready_ms ms, idle RSS $idle MiB, first page $first ms, middle page $middle ms, RSS after both $(rss_mib "$silo_pid") MiB"
  stop_silo
}

start_silo "$dll"
bearer=$(token)
fill "$bearer" $few
stop_silo
look $few
start_silo "$dll"
for ((done = few; done < stored; done += step)); do
  began=$(now_ms)
  fill "$bearer" $((stored - done < step ? stored - done : step))
  echo "$((done + step < stored ? done + step : stored)) stored, $((step * 1000 / ($(now_ms) - began + 1))) a second, RSS $(rss_mib "$silo_pid") MiB" >&2
done
sleep 90
echo "90 s after the last: RSS $(rss_mib "$silo_pid") MiB"
stop_silo
look "$stored"
look "$stored"
