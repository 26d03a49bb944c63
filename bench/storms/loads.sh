# Sourced by storms.sh: the storms. Of each: settings_X for the silo, prepare_X before the load (tokens, files), load_X until it is over.
# Needs $work, $url, $status_load, $seconds; settings and roles are those of the silo to be started.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the scripts that source this

run() { dotnet "$status_load" "$1" "$url" "$work/$2" "${@:3}"; }

# take COUNT FILE: tokens of users that no other load has.
taken=0
take() { sed -n "$((taken + 1)),$((taken + $1))p" "$work/tokens" >"$work/$2"; taken=$((taken + $1)); }

settings_users() { :; }
tokens_users() { echo "$users"; }
prepare_users() { take "$users" users; }
load_users() { echo "users: $(run crowd users "$users" "$seconds")"; }

# The crowd makes the pressure; the hot ones must stay.
settings_hot() { :; }
tokens_hot() { echo $((hot + users)); }
prepare_hot() { take "$hot" hot; take "$users" users; }
load_hot() {
  : >"$work/said-hot"
  run hot hot "$hot" $((seconds + 10)) "$work/ledger-hot" >"$work/said-hot" & local pid=$!
  until grep -q ready "$work/said-hot"; do kill -0 $pid; sleep 0.1; done
  load_users
  wait $pid
  sed 1d "$work/said-hot"
}

settings_journals() { :; }
tokens_journals() { echo "$journals"; }
prepare_journals() { take "$journals" journals; }
load_journals() { run journals journals "$journals" "$seconds" "$videos" "$changes" "$work/ledger-journals" | sed 1d; }

settings_slow() { start_slow_store; settings+=("${slow_store[@]}"); }
tokens_slow() { echo "$uploads"; }
prepare_slow() { take "$uploads" slow; }
load_slow() { run uploads slow "$uploads" "$patience" "$upload_bytes" "$work/ledger-slow"; }

settings_sockets() { :; }
tokens_sockets() { echo "$sockets"; }
prepare_sockets() { take "$sockets" sockets; sed -i "1i $admin" "$work/sockets"; }
load_sockets() { run sockets sockets "$sockets" "$seconds" "$slow_sockets" "$broadcasts" | sed 1d; }

settings_bombs() { roles=api,worker; }
tokens_bombs() { echo 1; }
prepare_bombs() { take 1 bomber; [ -e "$work/bomb-0" ] || make_bombs; }
# Until the worker is through with all of them.
load_bombs() {
  local end=$((SECONDS + seconds)) count=0 refused=0 deadline
  while [ $SECONDS -lt $end ]; do
    if curl -sf -o /dev/null -F "video_file=@$work/bomb-$((count % 3));filename=v" -H "Authorization: Bearer $(<"$work/bomber")" "$url/api/videos/upload"
    then count=$((count + 1)); else refused=$((refused + 1)); fi
    sleep 0.5
  done
  deadline=$((SECONDS + patience))
  until [ "$(curl -sf "$url/metrics" | awk '/^ingestion_job_backlog/ { print $NF }')" = 0 ] || [ $SECONDS -gt $deadline ]; do sleep 0.5; done
  echo "bombs: $count, $refused refused"
}

# The crowd is that of "hot". The worker processes all that is uploaded, so journals are a fifth as long; the bombs come first, as they have the same slow way
# to the store as the rest.
each_of_all='bombs hot journals slow sockets'
settings_all() { local x; for x in $each_of_all; do "settings_$x"; done; }
tokens_all() { local x sum=0; for x in $each_of_all; do sum=$((sum + $("tokens_$x"))); done; echo $sum; }
prepare_all() { local x; for x in $each_of_all; do "prepare_$x"; done; }
load_all() {
  local x pids=() videos=$((videos / 5))
  for x in $each_of_all; do
    "load_$x" >"$work/all-$x" & pids+=($!)
    [ "$x" != bombs ] || sleep 10
  done
  wait "${pids[@]}"
  cat "$work"/all-*
}
