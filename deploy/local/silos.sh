# Sourced by cluster: processes of silos, by their ids.

pid_file() { echo "$data/run/silo-$1.pid"; }

# A process id may belong to another process by now: the time at which it began tells them apart.
began_at() { awk '{ sub(/^.*\) /, ""); print $20 }' "/proc/$1/stat" 2>/dev/null; }

# remember FILE PID
remember() { echo "$2 $(began_at "$2")" >"$1"; }

# has_ended PID: of a zombie too, which waits for its parent to take note.
has_ended() { local state; state=$(awk '{ sub(/^.*\) /, ""); print $1 }' "/proc/$1/stat" 2>/dev/null); [ -z "$state" ] || [ "$state" = Z ]; }

# is_alive FILE: sets pid. The supervisor's file has no time, as its own process reads it.
is_alive() {
  local began=
  [ -f "$1" ] || return 1
  read -r pid began <"$1" || true
  [ -n "$pid" ] && ! has_ended "$pid" && { [ -z "$began" ] || [ "$(began_at "$pid")" = "$began" ]; }
}

# end_process FILE SIGNAL: a frozen one gets it once it goes on.
end_process() {
  if is_alive "$1"; then
    kill "-$2" "$pid" 2>/dev/null || true
    kill -CONT "$pid" 2>/dev/null || true
  fi
}

# Waits until a process has ended; kills it after a minute.
wait_for_end() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    is_alive "$1" || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

silo_numbers() { local file; for file in "$data"/silo-*; do echo "${file##*-}"; done; }

silo_number() { [[ ${1:-} =~ ^[1-5]$ && -d $data/silo-$1 ]] || fail "which silo? There are $(silo_numbers | xargs)."; }

silo_address() { if [ -n "$isolated" ]; then echo "$(address_of "$1")"; else echo 127.0.0.1; fi; }

silo_port() { if [ -n "$isolated" ]; then echo 8080; else echo $((port + $1)); fi; }

# The settings are in the environment, where other users of the machine can't read them.
run_silo() {
  env "${settings[@]}" dotnet "$silo" "$@"
}

start_silo() {
  local k=$1 in=() address port_of
  address=$(silo_address "$k") port_of=$(silo_port "$k")
  if [ -n "$isolated" ]; then in=(ip netns exec "$(namespace_of "$k")"); fi
  mkdir -p -m 700 "$data/silo-$k"
  rm -f "$(pid_file "$k")"
  touch "$(kept_file "$k")"
  # Nothing of it holds what a command prints to open.
  keep_silo "$k" >/dev/null 2>&1 </dev/null &
  until [ -s "$(pid_file "$k")" ]; do sleep 0.02; done
}

# The mark of a silo that is to run.
kept_file() { echo "$data/run/silo-$1.kept"; }

# Runs in the background and ends with the silo: a silo that has recycled itself (75) is started again, and no other.
keep_silo() {
  trap '' HUP
  local log=$data/log/silo-$k status=75 id
  while [ $status -eq 75 ] && [ -e "$(kept_file "$k")" ]; do
    # A process group of its own: Ctrl-C is for the supervisor alone, which stops silos one way only.
    setsid "${in[@]}" env "${settings[@]}" "Ingestion__Cluster__AdvertisedAddress=$address" "Ingestion__Cluster__SiloName=silo-$k" \
      dotnet "$silo" run --urls "http://$address:$port_of" --data "$data/silo-$k" > >(exec setsid sed -u "s/^/$k │ /" >>"$log" 2>&1) 2>&1 </dev/null &
    id=$!
    remember "$(pid_file "$k")" "$id"
    status=0
    wait "$id" || status=$?
  done
}

# is_ready K: one request by the shell alone.
is_ready() {
  local answer=
  { exec 4<>"/dev/tcp/$(silo_address "$1")/$(silo_port "$1")"; } 2>/dev/null || return 1
  printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&4
  read -r -t 2 answer <&4 || true
  exec 4>&-
  [[ $answer == *' 200 '* ]]
}

until_ready() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    is_ready "$1" && return
    is_alive "$(pid_file "$1")" || { tail -n 20 "$data/log/silo-$1" >&2; fail "silo $1 ended while starting."; }
    sleep 0.1
  done
  fail "silo $1 was not ready within a minute: see $data/log/silo-$1."
}

stop_silo() {
  rm -f "$(kept_file "$1")"
  end_process "$(pid_file "$1")" TERM
  wait_for_end "$(pid_file "$1")"
}

restart_silo() {
  stop_silo "$1"
  start_silo "$1"
  until_ready "$1"
  say "silo $1 is ready"
}

freeze_silo() {
  is_alive "$(pid_file "$1")" || fail "silo $1 does not run."
  # Not local: the trap runs when the function is over.
  frozen=$pid
  kill -STOP "$frozen"
  trap 'kill -CONT "$frozen"' EXIT
  sleep "$2"
}

status() {
  local k file state
  printf '%-5s %-8s %-8s %-6s %-8s %s\n' silo pid process ready 'RSS MiB' address
  for k in $(silo_numbers); do
    file=$(pid_file "$k") state=ended pid=-
    local ready=no rss=-
    if is_alive "$file"; then
      state=$(awk '/^State/ { print $2 == "T" ? "frozen" : "runs" }' "/proc/$pid/status")
      rss=$(awk '/VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$pid/status")
      if [ "$state" = runs ] && is_ready "$k"; then ready=yes; fi
    fi
    printf '%-5s %-8s %-8s %-6s %-8s http://%s:%s\n' "$k" "$pid" "$state" "$ready" "$rss" "$(silo_address "$k")" "$(silo_port "$k")"
  done
  echo
  membership
}
