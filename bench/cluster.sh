#!/usr/bin/env bash
# Silos behind a balancer on this machine: bench/cluster.sh DLL [faults] [cost] [apart] [statements] [burst]   (all by default, half an hour; cost is 11 minutes of it, apart 9)
#   faults      what USERS (6) users see, who upload in turn as form and by tus and have a socket each, of a cluster of three in which one is killed, is frozen
#               for 30 s, is stopped, in which all are restarted in turn, and two do not hear each other for 20 s (as root only, in network namespaces)
#   cost        with 1, 2, 3 and 5 silos: CPU of all silos for a small upload until it is ready, an event at a socket and an idle socket, messages between
#               silos and statements for an upload, connections to the database
#   apart       CPU of a small upload in 3 and 5 silos that don't know of each other: what so many processes take on this machine without a cluster
#   statements  what one upload as form, by tus and direct costs the database, one after the other so that none shares a write
#   burst       750 small forms at once over three silos
# Videos are processed without media tools, which would take all of the machine. Ends with 1 when a must is missed.
set -euo pipefail
dll=$1; shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/silo.sh"
cluster=$here/../deploy/local/cluster
load=$(dirname "$dll")/../../ClusterLoad/release/Ingestion.Bench.ClusterLoad.dll
users=${USERS:-6} uploads=${UPLOADS:-600}
# PostgreSQL runs as nobody and has to reach its files.
rm -rf "$work"; work=$(mktemp -d /var/tmp/ingestion-bench.XXXXXX); chmod 755 "$work"
mkdir "$work/no-tools"
data=$work/cluster
cluster_pids=()
missed=0
trap 'stop_clusters; rm -rf "$work"' EXIT
export Ingestion__Worker__ToolPath=$work/no-tools Ingestion__Limits__MaxConcurrentUploadsPerUser=0
export Ingestion__Sockets__AcceptsPerSecond=0 Ingestion__Sockets__MaxSocketsPerUser=0 Ingestion__RateLimits__ConnectsPerSecondPerUser=0

# 64 KB that begin like a video.
{ printf '\0\0\0\040ftypisom\0\0\2\0isomiso2avc1mp41'; head -c 65504 /dev/urandom; } >"$work/file"

# Silos that it starts must not hold the pipe that ends the load.
break_it() { "$cluster" "$@" --data "$data" >>"$work/broken.log" 2>&1 5>&-; }
sql() { (. "$data/run/cluster.env"; "$(command -v psql)" -h "$sockets" -U postgres -d ingestion -v ON_ERROR_STOP=1 -At -F ' ' -c "$1"); }

# start_cluster N [--netns]
start_cluster() {
  stop_clusters
  add_cluster "$@"
}

# add_cluster N [--netns]: one more, of $data, at $url.
add_cluster() {
  local pid log=$data.log
  "$cluster" "$@" --data "$data" --port "${url##*:}" >"$log" 2>&1 </dev/null & pid=$!
  cluster_pids+=("$pid")
  until grep -q 'goes to' "$log"; do
    kill -0 "$pid" 2>/dev/null || { tail -n 30 "$log" >&2; exit 1; }
    sleep 0.2
  done
  tokens 1000 "$data/keys/token.key"
}

stop_clusters() {
  [ ${#cluster_pids[@]} -gt 0 ] || return 0
  kill -TERM "${cluster_pids[@]}" 2>/dev/null || true
  wait "${cluster_pids[@]}" 2>/dev/null || true
  cluster_pids=()
}

# As if on machines of their own, where that is possible and no other such cluster runs.
isolation() { [ "$(id -u)" -ne 0 ] || ! ip netns list >/dev/null 2>&1 || ip link show ingestion0 >/dev/null 2>&1 || echo --netns; }

silo_addresses() { sed -n 's/^  server silo-[0-9]* //p' "$data/run/haproxy.cfg"; }
silos_cpu_ms() { local file pid sum=0; for file in "$data"/run/silo-*.pid; do read -r pid _ <"$file"; sum=$((sum + $(cpu_ms "$pid"))); done; echo "$sum"; }

# Messages that silos sent to other silos, as all of them count them.
silos_messages() {
  local address
  for address in $(silo_addresses); do curl -s "http://$address/metrics"; done |
    awk '/^orleans_messaging_sent_messages_size[a-z_]*_count/ { sum += $NF } END { printf "%d", sum }'
}

run_load() { dotnet "$load" "$1" "${@:2}"; }

# hold NAME ARGUMENTS…: starts a load that runs until release; returns when it is ready.
hold() {
  rm -f "$work/$1.in" "$work/$1.out"; mkfifo "$work/$1.in"; : >"$work/$1.out"
  dotnet "$load" "${@:2}" <"$work/$1.in" >"$work/$1.out" & held_pid=$!
  exec 5>"$work/$1.in"
  until grep -q ready "$work/$1.out"; do kill -0 "$held_pid"; sleep 0.1; done
}
# release NAME: ends it and prints what it says. Not in a subshell, which can't wait for it.
release() {
  exec 5>&-
  wait "$held_pid"
  sed 1d "$work/$1.out"
}

# must WHAT VALUE MOST
must() { awk -v value="$2" -v most="$3" 'BEGIN { exit !(value <= most) }' || { missed=1; echo "MISSED: $1 is $2, must be at most $3" >>"$work/missed"; }; }

# fault NAME SECONDS COMMAND…: breaks the cluster once under load, and goes on for SECONDS.
fault() {
  local name=$1 after=$2; shift 2
  echo "… $name" >&2
  hold watch watch "$url" "$work/tokens" "$users" "$work/file"
  sleep 5
  "$@"
  sleep "$after"
  release watch >"$work/seen"
  printf '%s\t%s\n' "$name" "$(cat "$work/seen")" >>"$work/faults"
  IFS=$'\t' read -r pause _ lost fallen gap _ _ _ _ twice left unseen answers <"$work/seen"
  must "$name: lost, fallen, twice, left out or without an end" "$((lost + fallen + twice + left + unseen))" 0
}

faults() {
  start_cluster 3 $(isolation)
  run_load uploads form "$url" "$work/tokens" 600 20 "$work/file" ready >&2
  rm -f "$work/faults"
  fault 'kill -9' 15 break_it kill 2
  must 'pause after kill -9 (s)' "$pause" 5
  break_it restart 2; sleep 3
  fault 'freeze 30 s' 10 break_it freeze 3 30
  must 'pause by a freeze (s)' "$pause" 12
  break_it restart 3; sleep 3
  fault 'stop' 10 break_it stop 1
  break_it restart 1; sleep 3
  fault 'rolling restart' 5 break_it roll
  must 'requests that failed in a rolling restart' "$(awk -v RS=', ' '$1 !~ /^2/ { failed += $3 } END { print failed + 0 }' <<<"$answers")" 0
  must 'gap of sockets in a rolling restart (s)' "$gap" 2
  if grep -q 'isolated=--netns\|isolated=yes' "$data/run/cluster.env"; then
    fault 'cut 20 s' 15 break_it cut 1 2 20
  else
    echo 'not measured: a cut between two silos (needs root, ip netns, and no other such cluster)' >&2
  fi
  local checked=whole
  "$cluster" check --data "$data" >"$work/check" 2>&1 || { checked="NOT WHOLE"; missed=1; cat "$work/check"; }
  { printf 'fault\tupload pause s\tacknowledged\tlost\toffsets fell\tsocket gap s\tevent late s\tclosed\treset\tevents\ttwice\tleft out\tno end\tanswers\n'
    cat "$work/faults"; } | column -t -s $'\t'
  echo "cluster check --deep afterwards: $checked"
}

# state_statements: reads, writes, removals, resets of connections and others since the last reset of the statistics, without membership.
state_statements() {
  sql "select coalesce(sum(calls) filter (where query like 'select PayloadBinary%'), 0), coalesce(sum(calls) filter (where query like '%WriteToStorage(%'), 0),
      coalesce(sum(calls) filter (where query like '%DeleteStorage(%'), 0), coalesce(sum(calls) filter (where query ilike 'DISCARD%' or query ilike 'RESET%'
      or query ilike 'SET SESSION%' or query ilike 'CLOSE ALL%' or query ilike 'UNLISTEN%' or query ilike '%advisory_unlock%'), 0)
    from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = 'ingestion'"
}
reset_statements() { sql 'select pg_stat_statements_reset()' >/dev/null; }

# Waits until no job is left, and what follows the last of them has ended. Work that goes on would count as rest, or for nothing.
settle() {
  local stores queue left=1 tries=600
  stores=$(sed -n 's/^stores=//p' "$data/run/cluster.env") queue=$(sed -n 's/.*Ingestion__Sqs__QueueUrl=\([^ ]*\).*/\1/p' "$data/run/cluster.env")
  while [ "$left" -gt 0 ]; do
    [ $((tries--)) -gt 0 ] || { echo "jobs are left after 5 minutes: $left" >&2; exit 1; }
    sleep 0.5
    left=$(curl -sf "$stores" -H 'content-type: application/x-amz-json-1.0' -H 'x-amz-target: AmazonSQS.GetQueueAttributes' \
      -d "{\"QueueUrl\":\"$queue\",\"AttributeNames\":[\"All\"]}" | grep -o '"ApproximateNumberOfMessages[A-Za-z]*":"[0-9]*"' | grep -o '[0-9]*"$' | tr -d '"' |
      awk '{ sum += $1 } END { print NR ? sum : 1 }') || true
  done
  sleep 3
}

# calm N: waits until N silos take less than a tenth of a core each, for a minute at most.
calm() {
  local tries=30 before
  while [ $((tries--)) -gt 0 ]; do
    before=$(silos_cpu_ms)
    sleep 2
    [ $(($(silos_cpu_ms) - before)) -ge $((200 * $1)) ] || return 0
  done
}

# cost_of N: CPU and so on, beside what the silos take when nothing is asked of them.
cost_of() {
  local began idle cpu before messages resting delivered connections
  start_cluster "$1" $(isolation)
  # The compiler goes on in each silo for as long as what it has met is new.
  run_load uploads form "$url" "$work/tokens" $((1200 * $1)) 20 "$work/file" >&2
  settle
  calm "$1"
  # At rest: CPU and messages a second.
  began=$(now_ms) cpu=$(silos_cpu_ms) messages=$(silos_messages)
  sleep 10
  idle=$(awk "BEGIN { print ($(silos_cpu_ms) - $cpu) / ($(now_ms) - $began) }")
  resting=$(awk "BEGIN { print ($(silos_messages) - $messages) / ($(now_ms) - $began) }")

  reset_statements
  began=$(now_ms) cpu=$(silos_cpu_ms) messages=$(silos_messages)
  ( while sql "select count(*) from pg_stat_activity where application_name like 'ingestion%'"; do sleep 0.5; done >"$work/connections" ) &
  local sampler=$!
  run_load uploads form "$url" "$work/tokens" "$uploads" 20 "$work/file" >&2
  settle
  local taken=$(( $(silos_cpu_ms) - cpu )) time=$(( $(now_ms) - began )) sent=$(( $(silos_messages) - messages ))
  local statements; statements=$(state_statements)
  kill "$sampler" 2>/dev/null || true; wait "$sampler" 2>/dev/null || true
  connections=$(sort -n "$work/connections" | tail -n 1)
  local an_upload; an_upload=$(awk "BEGIN { printf \"%.2f\", ($taken - $idle * $time) / $uploads }")

  # The same with ten sockets for each of twenty users.
  head -n 20 "$work/tokens" >"$work/few"
  run_load uploads form "$url" "$work/few" 200 20 "$work/file" >&2
  settle
  began=$(now_ms) cpu=$(silos_cpu_ms)
  run_load uploads form "$url" "$work/few" 200 20 "$work/file" >&2
  settle
  local without; without=$(awk "BEGIN { print $(silos_cpu_ms) - $cpu - $idle * ($(now_ms) - $began) }")
  hold listen sockets "$url" "$work/few" 200
  began=$(now_ms) cpu=$(silos_cpu_ms) before=$(silos_messages)
  run_load uploads form "$url" "$work/few" 200 20 "$work/file" >&2
  settle
  local with; with=$(awk "BEGIN { print $(silos_cpu_ms) - $cpu - $idle * ($(now_ms) - $began) }")
  local pushed=$(( $(silos_messages) - before )) pushing=$(( $(now_ms) - began ))
  release listen >"$work/delivered"
  delivered=$(cut -d' ' -f1 "$work/delivered")

  hold idle sockets "$url" "$work/tokens" 2000
  sleep 5
  began=$(now_ms) cpu=$(silos_cpu_ms)
  sleep 20
  local resting_sockets; resting_sockets=$(awk "BEGIN { print ($(silos_cpu_ms) - $cpu) / ($(now_ms) - $began) }")
  release idle >&2

  awk -v n="$1" -v upload="$an_upload" -v event="$(awk "BEGIN { print ($with - $without) / $delivered }")" \
    -v socket="$(awk "BEGIN { print ($resting_sockets - $idle) / 2000 }")" -v hops="$(awk "BEGIN { print ($sent - $resting * $time) / $uploads }")" \
    -v event_hops="$(awk "BEGIN { print ($pushed - $resting * $pushing - 200 * ($sent - $resting * $time) / $uploads) / $delivered }")" \
    -v idle="$idle" -v statements="$statements" -v uploads="$uploads" -v connections="$connections" 'BEGIN {
      split(statements, s, " ")
      printf "%d\t%.2f\t%.3f\t%.4f\t%.2f\t%.1f\t%.2f\t%.1f\t%.1f\t%d\n", n, upload, event, socket * 1000, idle * 100, hops, event_hops,
        (s[1] + s[2] + s[3]) / uploads, s[4] / uploads, connections }' >>"$work/cost"
}

cost() {
  local n
  rm -f "$work/cost"
  for n in ${SILOS:-1 2 3 5}; do echo "… $n silos" >&2; cost_of "$n"; done
  { printf 'silos\tms an upload\tms an event\tms/s an idle socket\t%% idle\tmessages an upload\tmessages an event\tstates an upload\tresets an upload\tconnections\n'
    cat "$work/cost"; } | column -t -s $'\t'
  local one three five
  one=$(awk '$1 == 1 { print $2 }' "$work/cost") three=$(awk '$1 == 3 { print $2 }' "$work/cost") five=$(awk '$1 == 5 { print $2 }' "$work/cost")
  if [ -n "$one" ] && [ -n "$three" ]; then must 'CPU of an upload in three silos beyond one (ms)' "$(awk "BEGIN { print $three - $one }")" 1.5; fi
  # What measurements of the same differ by.
  if [ -n "$three" ] && [ -n "$five" ]; then must 'CPU of an upload in five silos beyond three (ms)' "$(awk "BEGIN { print $five - $three }")" 0.3; fi
}

# of_each COMMAND…: calls it with $data and $url of each of the clusters apart.
of_each() {
  local data url number
  for ((number = 1; number <= apart; number++)); do
    data=$work/apart$number url=${all_urls%:*}:$((${all_urls##*:} + 20 * (number - 1)))
    "$@"
  done
}
start_one() { add_cluster 1; mv "$work/tokens" "$data.tokens"; }
add_cpu() { sum=$((sum + $(silos_cpu_ms))); }
cpu_of_each() { local sum=0; of_each add_cpu; echo "$sum"; }
load_one() { run_load uploads form "$url" "$data.tokens" "$1" $((20 / apart)) "$work/file" >&2 & loads+=($!); }
load_each() { local loads=(); of_each load_one "$1"; wait "${loads[@]}"; of_each settle; }

# apart_of N: CPU of an upload in N silos that don't know of each other, twice.
apart_of() {
  local apart=$1 all_urls=$url began cpu idle tries=30
  stop_clusters
  of_each start_one
  load_each 1200
  while [ $((tries--)) -gt 0 ]; do cpu=$(cpu_of_each); sleep 2; [ $(($(cpu_of_each) - cpu)) -ge $((200 * apart)) ] || break; done
  began=$(now_ms) cpu=$(cpu_of_each); sleep 10
  idle=$(awk "BEGIN { print ($(cpu_of_each) - $cpu) / ($(now_ms) - $began) }")
  for _ in 1 2; do
    began=$(now_ms) cpu=$(cpu_of_each)
    load_each $((uploads / apart))
    awk "BEGIN { printf \"$apart silos apart: %.2f ms an upload\n\", ($(cpu_of_each) - $cpu - $idle * ($(now_ms) - $began)) / $uploads }"
  done
}

apart() {
  local n
  for n in ${SILOS:-3 5}; do echo "… $n silos apart" >&2; apart_of "$n"; done
}

# statements_of NAME KIND: 40 uploads, one after the other, by users who have uploaded before.
statements_of() {
  local count=40
  head -n 5 "$work/tokens" >"$work/few"
  run_load uploads "$2" "$url" "$work/few" 10 1 "$work/file" $3 >&2
  sleep 3
  reset_statements
  run_load uploads "$2" "$url" "$work/few" "$count" 1 "$work/file" $3 >&2
  sleep 2
  state_statements | awk -v name="$1" -v kind="$2" -v n="$count" '{ printf "%s\t%s\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\n", name, kind, $1 / n, $2 / n, $3 / n, $4 / n, ($1 + $2 + $3 + $4) / n }' >>"$work/statements"
}

statements() {
  local kind n
  rm -f "$work/statements"
  Ingestion__Roles=api start_cluster 1
  for kind in form tus direct; do statements_of 'acknowledged, 1 silo' "$kind" ''; done
  for n in 1 3; do
    start_cluster "$n"
    for kind in form tus direct; do statements_of "ready, $n silo(s)" "$kind" ready; done
  done
  { printf 'until\tkind\treads\twrites\tremovals\tresets\tall\n'; cat "$work/statements"; } | column -t -s $'\t'
}

burst() {
  local n result connections
  start_cluster 3 $(isolation)
  run_load uploads form "$url" "$work/tokens" 600 20 "$work/file" ready >&2
  for n in 25 750; do
    head -n "$n" "$work/tokens" >"$work/few"
    ( for _ in $(seq 100); do sql "select count(*) from pg_stat_activity where application_name like 'ingestion%'"; sleep 0.1; done >"$work/connections" ) &
    local sampler=$!
    result=$(run_load burst "$url" "$work/few" 750 "$work/file")
    kill "$sampler" 2>/dev/null || true; wait "$sampler" 2>/dev/null || true
    echo "750 forms of $n users at once over 3 silos: $result; at most $(sort -n "$work/connections" | tail -n 1) connections"
    must "forms of $n users that were refused" "$((750 - $(cut -d' ' -f1 <<<"$result")))" 0
    sleep 10
  done
}

parts=("$@")
[ $# -gt 0 ] || parts=(faults cost apart statements burst)
for part in "${parts[@]}"; do
  printf '\n%s\n' "$part"
  "$part"
done
[ ! -e "$work/missed" ] || cat "$work/missed"
exit $missed
