#!/usr/bin/env bash
# One 12.5 MB upload beside cp of the same file, then USERS (300) at once from the load generator of ../shared/bench.
set -euo pipefail
dll=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$here/../../shared/bench
load=$here/../artifacts/bench/upload-load/upload-load
users=${USERS:-300}
. "$here/silo.sh"

if [ ! -x "$load" ]; then
  [ -f "$tools/upload-load.cs" ] || { echo 'skipped: the load generator (../shared/bench/upload-load.cs) is not here' >&2; exit 3; }
  cp "$tools/upload-load.cs" "$work/"
  dotnet build "$work/upload-load.cs" -c Release -o "$(dirname "$load")" -v q -nologo >&2
fi

# Random bytes are no video: this run takes anything, and the worker is left out so that only ingestion is measured.
export Ingestion__Uploads__RequireKnownContainer=false
start_silo "$dll" --roles "${ROLES:-api}"
token=$(DOTNET_ENVIRONMENT=Development dotnet "$dll" token bench --ttl 1h --data "$work/data")
upload=("$load" --token "$token" --url "$url/api/videos/upload" --pid "$silo_pid")
field() { grep -o "\"$1\":[0-9.]*" | head -n 1 | cut -d: -f2; }

"${upload[@]}" --users 8 --count 40 >/dev/null
head -c 12500000 /dev/urandom >"$work/file"
cp_ms() { local began; began=$(date +%s%N); cp "$work/file" "$work/copy"; sync "$work/copy"; echo $(( ($(date +%s%N) - began) / 1000000 )); rm "$work/copy"; }
for i in 1 2 3 4 5; do
  "${upload[@]}" --users 1 --count 1 | field p50 >>"$work/one"
  cp_ms >>"$work/cp"
done
median() { sort -n "$1" | sed -n 3p; }
echo "one upload of 12.5 MB: $(median "$work/one") ms; cp and sync of the same file: $(median "$work/cp") ms (medians of five)"

for i in 1 2 3; do
  result=$("${upload[@]}" --users "$users" --count "$users")
  echo "$users at once: $(field req_s <<<"$result") req/s, $(field MB_s <<<"$result") MB/s, $(field failed <<<"$result") failed, p99 $(field p99 <<<"$result") ms," \
    "CPU $(field srv_cpu_ms_per_upload <<<"$result") ms an upload, peak RSS $(field peak <<<"$result") MiB"
done
for after in 30 60; do
  sleep 30
  echo "RSS $after s after: $(rss_mib "$silo_pid") MiB"
done
