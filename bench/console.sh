#!/usr/bin/env bash
# The console in Chromium: bench/console.sh DLL. First paint and what is loaded, in STARTS (5) fresh profiles; RATE (1,000) events a second on the page Live for
# SECONDS_EACH (10) s: frames that the browser left out; and for MINUTES (10): the page's heap after a collection, each half a minute.
# Events are broadcasts. Silo and publisher run behind the browser (nice 10), which has a machine of its own elsewhere. Needs chromium, node and npm. Ends with 1 where a must is missed: first paint ≤ 300 ms, no dropped frame.
# shellcheck disable=SC1091,SC2154 # variables are shared with the scripts that are sourced
set -euo pipefail
dll=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
readonly puppeteer=25.16.0
folder=$root/artifacts/npm/puppeteer-core-$puppeteer
. "$here/silo.sh"

chromium=$(command -v chromium || command -v chromium-browser) || { echo 'chromium is missing' >&2; exit 3; }
if [ ! -e "$folder/installed" ]; then
  mkdir -p "$folder"
  npm install "puppeteer-core@$puppeteer" --prefix "$folder" --no-audit --no-fund --loglevel=error >&2
  touch "$folder/installed"
fi

start_silo_with Ingestion__RateLimits__BroadcastsPerSecondPerUser=0 -- "$dll" --roles api
renice -n 10 -p "$silo_pid" >/dev/null
token() { DOTNET_ENVIRONMENT=Development dotnet "$dll" token "$@" --ttl 2h --data "$work/data"; }
# Not as an argument: those can be seen by others.
token operator --scope admin >"$work/operator"; token alice >"$work/alice"
node "$here/console.mjs" "$(printf '{"chromium":"%s","puppeteer":"%s","url":"%s","tokens":"%s","starts":%d,"rate":%d,"seconds":%d,"minutes":%d}' \
  "$chromium" "$folder" "$url" "$work" "${STARTS:-5}" "${RATE:-1000}" "${SECONDS_EACH:-10}" "${MINUTES:-10}")"
