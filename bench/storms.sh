#!/usr/bin/env bash
# Memory under storms: bench/storms.sh DLL [users] [idle]   (all by default)
#   users   USERS (240,000) made-up users who poll once each within a minute, ten honest clients beside them, at a budget of BUDGET MiB (300) and at ten times
#           that, where the governor has nothing to do: highest RSS, RSS a minute later, p99 of the honest clients, what the governor did
#   idle    SOCKETS (5,000) subscribers of as many users, to whom nothing happens: RSS and active grains when they have come, and once their grains are at rest
set -euo pipefail
dll=$1; shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
users=${USERS:-240000} budget=${BUDGET:-300} sockets=${SOCKETS:-5000}
. "$here/silo.sh"
status_load=$(dirname "$dll")/../../StatusLoad/release/Ingestion.Bench.StatusLoad.dll
load_pid=
trap '[ -z "$load_pid" ] || kill "$load_pid" 2>/dev/null || true; stop_silo; rm -rf "$work"' EXIT

# status FIELD: of the silo, in MiB
status() { awk -v field="$1:" '$1 == field { printf "%.0f", $2 / 1024 }' "/proc/$silo_pid/status"; }
# grains: active grains of our classes
grains() { curl -sf "$url/metrics" | awk '/^ingestion_grain_active/ { sum += $NF } END { printf "%d", sum }'; }

# crowd BUDGET
crowd() {
  rm -rf "$work/data"
  start_silo_with "Ingestion__Memory__BudgetMebibytes=$1" Ingestion__RateLimits__ConnectsPerSecondPerAddress=0 -- "$dll" --roles api
  tokens "$users"
  dotnet "$status_load" honest "$url" "$work/tokens" 10 3 >/dev/null
  local before; before=$(status VmRSS)
  dotnet "$status_load" crowd "$url" "$work/tokens" "$users" 60 >"$work/crowd" & load_pid=$!
  local honest; honest=$(dotnet "$status_load" honest "$url" "$work/tokens" 10 60)
  wait "$load_pid"; load_pid=
  local peak; peak=$(status VmHWM)
  sleep 60
  echo "budget $1 MiB: RSS $before, at most $peak, a minute later $(status VmRSS) MiB; grains $(grains); crowd $(cat "$work/crowd"); honest $honest"
  grep -hoE 'Memory(LevelChanged|ActionJudged|Reclaimed).*|(Memory pressure|Memory level|Memory action|Memory reclaimed)[^"]*' "$work/log" | cut -c1-200 | tail -n "${LINES_SHOWN:-12}" | sed 's/^/    /'
  # A command to look at it, as INSPECT='dotnet-gcdump report -p'
  [ -z "${INSPECT:-}" ] || $INSPECT "$silo_pid" | head -n 30
  stop_silo
}

users() { crowd "$budget"; [ -n "${ONE_BUDGET:-}" ] || crowd $((budget * 10)); }

idle() {
  start_silo_with Ingestion__RateLimits__ConnectsPerSecondPerAddress=0 Ingestion__Sockets__AcceptsPerSecond=0 -- "$dll" --roles api
  tokens "$sockets"
  dotnet "$status_load" honest "$url" "$work/tokens" 1 1 >/dev/null
  sleep 15
  local before; before=$(status RssAnon)
  dotnet "$status_load" storm "$url" "$work/tokens" "$sockets" >"$work/storm" & load_pid=$!
  until grep -q ready "$work/storm"; do sleep 0.2; kill -0 "$load_pid"; done
  local after cpu
  for after in 20 240; do
    [ "$after" = 20 ] && sleep 20 || sleep 190
    cpu=$(cpu_ms "$silo_pid"); sleep 30
    echo "$sockets idle sockets, $((after + 30)) s: RSS $(status VmRSS), anonymous $before -> $(status RssAnon) MiB; grains $(grains); CPU $(( ($(cpu_ms "$silo_pid") - cpu) * 100 / 30000 )) % of a core"
  done
  kill "$load_pid"; wait "$load_pid" 2>/dev/null || true; load_pid=
  stop_silo
}

for part in "${@:-users idle}"; do for name in $part; do "$name"; done; done
