# Sourced by storms.sh: what is compared with what.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the scripts that source this

has_worker() { case $1 in bombs|all) return 0 ;; *) return 1 ;; esac; }

# honest_beside NAME: where there is a worker each upload is processed, which takes longer than the upload.
honest_beside() { if has_worker "$1"; then honest=${HONEST:-2}; else honest=${HONEST:-10}; fi; }

# compare NAME: ten times the budget first, then each.
compare() {
  local name=$1 budget
  honest_beside "$name"
  reference=
  if [ -z "${ONE_BUDGET:-}" ]; then
    reference=$work/reference-$name; rm -f "$reference"
    storm "$name" $((budgets[0] * 10))
  fi
  for budget in "${budgets[@]}"; do
    if has_worker "$name" && [ "$budget" != "${budgets[0]}" ]; then continue; fi
    storm "$name" "$budget"
  done
  reference=
}

# The musts are those of the governor: what the others miss is the result.
ablation() {
  local governor before_missed
  honest_beside users
  table=$work/ablation
  printf '%-22s %6s %6s %8s %8s %9s %9s %8s %7s %8s %7s\n' governor peak later crowd done/s read upload refused failed shed 'regret%' >"$table"
  for governor in off orleans on; do
    echo "governor $governor:"
    before_missed=$missed
    storm users "${budgets[0]}" "Ingestion__Memory__Governor=$governor"
    [ "$governor" = on ] || missed=$before_missed
    sed -i "s/^users  */$(printf '%-23s' "$governor")/" "$table"
  done
  cat "$table"
  table=
}

# What was acknowledged before a recycling and a kill must be there after them.
broken() {
  local third=$((seconds / 3))
  honest_beside users
  expected='75 137'
  begin_storm users "${budgets[0]}"
  start_load users
  sleep "$third"
  recycle_silo
  sleep "$third"
  kill -9 "$(<"$work/silo.pid")"
  end_load
  sleep "$rest"
  until_lives 2
  end_storm broken "${budgets[0]}"
  expected=
}

# recycle_silo: orders it as an operator does, and waits until it is back.
recycle_silo() {
  local address
  address=$(curl -sf -H "Authorization: Bearer $admin" "$url/api/admin/silos" | grep -o '"address":"[^"]*"' | head -n 1 | cut -d'"' -f4)
  curl -sf -o /dev/null -X POST -H "Authorization: Bearer $admin" "$url/api/admin/silos/${address//@/%40}/recycle" ||
    echo "    the order to recycle was not taken"
  until_lives 1
}

# until_lives N: the silo has ended so often, and is ready again.
until_lives() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    if [ "$(lives)" -ge "$1" ] && curl -sf -o /dev/null "$url/health/ready"; then return 0; fi
    sleep 0.1
  done
  echo "    the silo has ended $(lives) times, not $1, or is not back within a minute"
}

idle() {
  honest=1
  start_silo_with Ingestion__RateLimits__ConnectsPerSecondPerAddress=0 Ingestion__Sockets__AcceptsPerSecond=0 -- "$dll" --roles api
  echo "$silo_pid" >"$work/silo.pid"
  tokens "$idle_sockets"
  run honest tokens 1 1 >/dev/null
  sleep 15
  local before after cpu; before=$(silo_status RssAnon)
  dotnet "$status_load" storm "$url" "$work/tokens" "$idle_sockets" >"$work/storm" & load_pid=$!
  until grep -q ready "$work/storm"; do sleep 0.2; kill -0 "$load_pid"; done
  for after in 20 240; do
    if [ $after = 20 ]; then sleep 20; else sleep 190; fi
    cpu=$(cpu_ms "$silo_pid"); sleep 30
    echo "$idle_sockets idle sockets, $((after + 30)) s: RSS $(silo_status VmRSS), anonymous $before -> $(silo_status RssAnon) MiB;" \
      "grains $(metric ingestion_grain_active); CPU $(( ($(cpu_ms "$silo_pid") - cpu) * 100 / 30000 )) % of a core"
  done
  kill "$load_pid"; wait "$load_pid" 2>/dev/null || true; load_pid=
  stop_silo
}
