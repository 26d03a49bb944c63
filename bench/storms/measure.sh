# Sourced by storms.sh: one storm on one silo, and the row of it. Needs silo.sh, keeper.sh, cgroup.sh, loads.sh, stores.sh.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the scripts that source this
load_pid='' honest_pid='' sampler_pid=''

token() { DOTNET_ENVIRONMENT=Development dotnet "$dll" token "$@" --ttl 24h --data "$work/data"; }
# silo_status FIELD: of the silo, in MiB
silo_status() { awk -v field="$1:" '$1 == field { printf "%.0f", $2 / 1024 }' "/proc/$(<"$work/silo.pid")/status" 2>/dev/null || echo 0; }
# metric NAME: the sum of all its series; 0 where it is not there.
metric() {
  { curl -sf --max-time 10 "$url/metrics" || true; } | awk -v name="$1" '{ split($1, part, "{") } part[1] == name { sum += $NF } END { printf "%.0f", sum }'
}
# by_type NAME: each of its series with a number above 0, as "status 12, video 3".
by_type() {
  { curl -sf --max-time 10 "$url/metrics" || true; } | awk -F'[{}" ]+' -v name="$1" '$1 == name && $NF > 0 { printf "%s%s %d", sep, $3, $NF; sep = ", " }'
}
p99() { grep -o "$1 p50[^;]*" <<<"$2" | grep -o 'p99 [0-9.]*' | cut -d' ' -f2; }
# count WHAT LINE: the number before a word.
count() { grep -o "[0-9]* $1" <<<"$2" | head -n 1 | cut -d' ' -f1; }

# begin_storm NAME BUDGET [NAME=VALUE…]: a fresh silo with that budget, tokens, honest clients that have warmed it up.
begin_storm() {
  local name=$1 budget=$2; shift 2
  rm -rf "$work/data" "$work"/ledger* "$work"/said*; taken=0 roles=api
  settings=(Ingestion__RateLimits__ConnectsPerSecondPerAddress=0 Ingestion__RateLimits__ConnectsPerSecondPerUser=0 Ingestion__Sockets__AcceptsPerSecond=0
    Ingestion__Limits__CreationsPerSecondPerAddress=0 Ingestion__RateLimits__BroadcastsPerSecondPerUser=0
    Ingestion__RateLimits__ChangesPerSecondPerAddress=0 Ingestion__RateLimits__ChangesPerSecondPerUser=0)
  "settings_$name"
  limit_silo "$budget"
  start_kept "${settings[@]}" "$@" -- --roles "$roles"
  admin=$(token operator --scope admin)
  tokens $((honest + $("tokens_$name")))
  take "$honest" honest
  "prepare_$name"
  run honest honest "$honest" 3 "$work/ledger-warm" >/dev/null
  before=$(silo_status VmRSS)
  python3 "$here/storms/sample.py" "$work/silo.pid" "$work/samples" & sampler_pid=$!
}

# limit_silo MIB: a cgroup that leaves the silo this budget, or one of this size (LIMIT). The silo finds its budget by itself, as in a container; beyond the
# default of 512 MiB, and where no cgroup can be made, it has to be named. Sets limit, which the tree must not pass.
limit_silo() {
  local reserve=0 budget=$1
  [[ $roles != *worker* ]] || reserve=256
  limit=$(awk -v b="$1" -v r=$reserve 'BEGIN { l = b / 0.85 + r; printf "%d", l == int(l) ? l : l + 1 }')
  [ -z "${LIMIT:-}" ] || { limit=$1; budget=$(awk -v l="$1" -v r=$reserve 'BEGIN { printf "%d", 0.85 * (l - r) }'); }
  make_cgroup "$limit"
  if [ -z "$cgroup" ] || [ "$budget" -gt 512 ]; then settings+=("Ingestion__Memory__BudgetMebibytes=$budget"); fi
}

# A process group of its own, so that all of it can be ended.
start_load() {
  set -m
  ( "load_$1" ) >"$work/said" </dev/null & load_pid=$!
  dotnet "$status_load" honest "$url" "$work/honest" "$honest" 86400 "$work/ledger-honest" >"$work/honest-said" </dev/null & honest_pid=$!
  set +m
}

# Waits until the storm is over, and ends the honest clients with it.
end_load() {
  load_status=0; wait "$load_pid" || load_status=$?
  load_pid=
  kill -TERM -- "-$honest_pid"; wait "$honest_pid" || true; honest_pid=
}

# storm NAME BUDGET [NAME=VALUE…]: all of it, and its row. Sets missed.
storm() {
  local name=$1 size=$2
  begin_storm "$@"
  start_load "$name"
  end_load
  sleep "$rest"
  end_storm "$name" "$size"
}

# end_storm NAME BUDGET
end_storm() {
  local later; later=$(silo_status VmRSS)
  kill "$sampler_pid"; wait "$sampler_pid" 2>/dev/null || true; sampler_pid=
  local honest_line; honest_line=$(<"$work/honest-said")
  local kills='' peak=''; [ -z "$cgroup" ] || { kills=$(cgroup_kills) peak=$(cgroup_peak); }
  local shed returned budget_bytes grains; shed=$(metric ingestion_grain_shed_total) returned=$(metric ingestion_grain_returned_total)
  local shed_by_type returned_by_type; shed_by_type=$(by_type ingestion_grain_shed_total) returned_by_type=$(by_type ingestion_grain_returned_total)
  budget_bytes=$(metric ingestion_memory_limit_bytes) grains=$(metric ingestion_grain_active)
  cat "$work"/ledger* >"$work/acknowledged"
  local kept; kept=$(dotnet "$status_load" kept "$url" "$work/acknowledged" 2>"$work/kept-errors") || head -n 3 "$work/kept-errors"
  local commit; commit=$(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo unknown)
  python3 "$here/storms/row.py" "name=$1" "size=$2" "commit=$commit" "reference=${reference:-}" "table=${table:-}" "before=$before" "later=$later" "samples=$work/samples" \
    "budget=$((budget_bytes / 1048576))" "limit=$limit" "charged=$peak" "kills=$kills" "shed=$shed" "returned=$returned" "grains=$grains" "kept=$kept" \
    "read=$(p99 read "$honest_line")" "upload=$(p99 upload "$honest_line")" "failed=$(count failed "$honest_line")" "refused=$(count refused "$honest_line")" \
    "goodput=$(count 'done a second' "$honest_line")" "ends=$(xargs <"$work/ends")" "expected=${expected:-}" "load=$load_status" \
    "crowd=$(grep -o "200: [0-9]*" "$work/said" | head -n 1 | cut -d" " -f2 || true)" || missed=1
  sed 's/^/    /' "$work/said"
  [ "$returned" = 0 ] || echo "    shed: $shed_by_type; came back within a minute: $returned_by_type"
  grep -hoE '(Memory pressure|Memory level|Memory action|Memory reclaimed)[^"]*' "$work/log" | cut -c1-200 | tail -n "${LINES_SHOWN:-0}" |
    sed 's/^/    /' || true
  # A command to look at it, as INSPECT='dotnet-gcdump report -p'
  [ -z "${INSPECT:-}" ] || $INSPECT "$(<"$work/silo.pid")" | head -n 30
  stop_all
}

end_group() { [ -z "$1" ] || { kill -TERM -- "-$1" 2>/dev/null || true; wait "$1" 2>/dev/null || true; }; }

stop_all() {
  end_group "$load_pid"; end_group "$honest_pid"; load_pid='' honest_pid=''
  [ -z "$sampler_pid" ] || kill "$sampler_pid" 2>/dev/null || true
  sampler_pid=
  stop_kept
  stop_slow_store
  remove_cgroup
}
