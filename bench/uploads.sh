#!/usr/bin/env bash
# Uploads side by side in one run: bench/uploads.sh DLL [form] [tus] [slow] [one]   (all of them by default)
#   form  USERS (300) × 12.5 MB as forms to a null S3: founding stack, bare pass-through, silo
#   tus   the same by tus to S3 and to files: @tus/server, silo
#   slow  1,000 clients that send 2 MB at 64 KB/s each by tus to S3: @tus/server, silo
#   one   a lone upload of 12.5 MB to files, beside cp and sync of the same file
# RUNS (3) rounds over all that is compared, each started fresh and warmed up with WARMUP (600) uploads; the run with the median rate counts. One line a run, then a table.
set -euo pipefail
dll=$1; shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$here/../../shared/bench bin=$here/../artifacts/bench
users=${USERS:-300} runs=${RUNS:-3} warmup=${WARMUP:-600}
. "$here/silo.sh"
. "$here/peers.sh"
. "$here/upload-targets.sh"
trap 'stop_silo; stop_peer; stop_sink; rm -rf "$work"' EXIT

for tool in upload-load s3sink passthrough; do build_tool $tool; done
# measure RUN TARGET MODE [load arguments]: one run with everything started fresh; prints it and appends it to $work/lines-TARGET-MODE.
measure() {
  local run=$1 target=$2 mode=$3; shift 3
  local where result after=-
  start_sink; start_upload_target "$target"
  where=$target_form; [ "$mode" = multipart ] || where=$target_tus
  local load=("$bin/upload-load/upload-load" --mode "$mode" --url "$where" --pid "$target_pids")
  [ -z "$target_token" ] || load+=(--token "$target_token")
  # Until everything that compiles as it runs has done so; of the same shape as what is measured.
  "${load[@]}" --users 100 --count "$warmup" >/dev/null
  result=$("${load[@]}" --label "$target" "$@")
  if [ "$run" = "$runs" ] && [ "${target#silo}" != "$target" ]; then sleep 60; after=$(rss_mib "$silo_pid"); fi
  printf '%s %s %s %s %s %s %s %s\n' "$(field req_s <<<"$result")" "$(field MB_s <<<"$result")" "$(field p50 <<<"$result")" "$(field p99 <<<"$result")" \
    "$(field failed <<<"$result")" "$(field peak <<<"$result")" "$(field srv_cpu_ms_per_upload <<<"$result")" "$after" | tee "$work/last" >>"$work/lines-$target-$mode"
  awk -v what="$target $mode, run $run" '{ printf "%s: %s req/s, %s MB/s, p50 %s ms, p99 %s ms, %s failed, peak RSS %s MiB, CPU %s ms an upload, RSS 60 s after %s\n", what, $1, $2, $3, $4, $5, $6, $7, $8 }' "$work/last"
  stop_targets; stop_sink
}

# compare MODE TARGET… -- [load arguments]: RUNS rounds over all targets, so that what else the machine does hits all of them alike.
compare() {
  local mode=$1 targets=(); shift
  while [ "$1" != -- ]; do targets+=("$1"); shift; done
  shift
  for run in $(seq "$runs"); do
    for target in "${targets[@]}"; do measure "$run" "$target" "$mode" "$@"; done
  done
  for target in "${targets[@]}"; do
    sort -n "$work/lines-$target-$mode" | awk -v name="$target $mode" '{ line[NR] = $0; failed += $5; if ($6 > peak) peak = $6; if ($8 != "-" && $8 > after) after = $8 }
      END { split(line[int((NR + 1) / 2)], m, " "); printf "%-22s %8s %8s %9s %9s %7s %9s %8s %8s\n", name, m[1], m[2], m[3], m[4], failed, peak, m[7], after }' >>"$work/table"
  done
}

form() {
  local targets=(passthrough silo-s3)
  install_founding && targets=(founding "${targets[@]}")
  compare multipart "${targets[@]}" -- --users "$users" --count "$users"
}
tus() {
  local targets=(silo-s3 silo-file)
  install_tus_node && targets=(tus-s3 tus-file "${targets[@]}")
  compare tus "${targets[@]}" -- --users "$users" --count "$users"
  echo 'not measured: tusdotnet (it does not restore here)'
}
slow() {
  local targets=(silo-s3)
  install_tus_node && targets=(tus-s3 "${targets[@]}")
  rm -f "$work"/lines-*-tus
  compare tus "${targets[@]}" -- --users 1000 --count 1000 --size 2000000 --rate 65536 --sndbuf 16384 --ramp 5 --drain 120
}
one() {
  start_upload_target silo-file
  local load=("$bin/upload-load/upload-load" --token "$target_token" --url "$target_form" --pid "$target_pids")
  "${load[@]}" --users 4 --count 20 >/dev/null
  head -c 12500000 /dev/urandom >"$work/file"
  for _ in 1 2 3 4 5; do
    "${load[@]}" --users 1 --count 1 | field p50 >>"$work/one"
    local began; began=$(date +%s%N)
    cp "$work/file" "$work/copy"; sync "$work/copy"
    echo $((($(date +%s%N) - began) / 1000000)) >>"$work/cp"; rm "$work/copy"
  done
  echo "one upload of 12.5 MB to files: $(sort -n "$work/one" | sed -n 3p) ms; cp and sync of the same file: $(sort -n "$work/cp" | sed -n 3p) ms (medians of five)"
  stop_targets
}

for part in "${@:-form tus slow one}"; do for name in $part; do "$name"; done; done
[ -f "$work/table" ] || exit 0
printf '\nof the run with the median rate; failed, peak RSS (MiB) and RSS a minute after: the sum and the worst of all runs; CPU in ms an upload\n'
printf '%-22s %8s %8s %9s %9s %7s %9s %8s %8s\n' what req/s MB/s p50 p99 failed peak CPU after
cat "$work/table"
