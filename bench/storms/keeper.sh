# Sourced by storms.sh and soak.sh: a silo that is started again when it ends, as a supervisor does. Needs silo.sh, cgroup.sh and $dll.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the scripts that source this
keeper_pid=

# start_kept NAME=VALUE… -- [arguments]: returns when it is ready. Its process id is in $work/silo.pid, how each life ended in $work/ends.
start_kept() {
  rm -f "$work/silo.pid"; : >"$work/log"; : >"$work/ends"; touch "$work/kept"
  # The shell reports each life that a signal has ended.
  keep "$@" 2>"$work/keeper.log" & keeper_pid=$!
  until [ -s "$work/silo.pid" ]; do sleep 0.02; done
  silo_pid=$(<"$work/silo.pid")
  until_ready
}

keep() {
  local more=() in=() status id
  while [ "$1" != -- ]; do more+=("$1"); shift; done
  shift
  # The group is entered before anything takes memory.
  # shellcheck disable=SC2016
  [ -z "$cgroup" ] || in=(sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$cgroup")
  while [ -e "$work/kept" ]; do
    env DOTNET_ENVIRONMENT=Development "${more[@]}" "${in[@]}" dotnet "$dll" --urls "$url" --data "$work/data" "$@" >>"$work/log" 2>&1 &
    id=$!
    echo "$id" >"$work/silo.pid.new"; mv "$work/silo.pid.new" "$work/silo.pid"
    status=0; wait "$id" || status=$?
    echo "$status" >>"$work/ends"
  done
}

# lives: how often it has ended so far.
lives() { wc -l <"$work/ends"; }

# A silo that does not end within a minute is killed.
stop_kept() {
  local pid tries
  [ -n "$keeper_pid" ] || return 0
  rm -f "$work/kept"
  pid=$(cat "$work/silo.pid" 2>/dev/null || true)
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  for ((tries = 0; tries < 600; tries++)); do
    kill -0 "$keeper_pid" 2>/dev/null || break
    sleep 0.1
  done
  [ -z "$pid" ] || ! kill -0 "$keeper_pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
  wait "$keeper_pid" 2>/dev/null || true
  keeper_pid='' silo_pid=''
}
