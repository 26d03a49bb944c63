# Sourced by storms.sh: an S3 server with a slow way to it. Needs silo.sh, $root and $status_load.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the scripts that source this
stores_pid='' relay_pid='' slow_store=()
# shellcheck source=deploy/local/fauxqs.sh disable=SC1091
. "$root/deploy/local/fauxqs.sh"

# start_slow_store: what is sent to it shares SLOW_MIB (16) MiB a second, and each answer comes SLOW_MS (50) ms late. Sets slow_store, the
# settings of a silo.
start_slow_store() {
  local stores relay=$((port + 1))
  stop_slow_store
  install_fauxqs
  rm -f "$work/stores.url" "$work/relay"
  # It ends with its standard input.
  (cd "$npm_folder" && exec node --input-type=module --eval "$(<"$root/tests/Support/Servers/fauxqs.mjs")" < <(exec tail -f /dev/null --pid=$$)) \
    >"$work/stores.url" 2>"$work/stores.log" & stores_pid=$!
  until [ -s "$work/stores.url" ]; do kill -0 $stores_pid 2>/dev/null || { cat "$work/stores.log" >&2; exit 1; }; sleep 0.1; done
  stores=$(<"$work/stores.url")
  curl -sf -o /dev/null -X PUT "$stores/videos"
  dotnet "$status_load" relay "$relay" "${stores#http://}" $((${SLOW_MIB:-16} * 1024 * 1024)) "${SLOW_MS:-50}" >"$work/relay" & relay_pid=$!
  until grep -q ready "$work/relay"; do kill -0 $relay_pid 2>/dev/null || { echo "the relay did not start" >&2; exit 1; }; sleep 0.1; done
  slow_store=(Ingestion__Store=s3 "Ingestion__S3__ServiceUrl=http://127.0.0.1:$relay" Ingestion__S3__Bucket=videos Ingestion__S3__PathStyle=true
    Ingestion__S3__Region=us-east-1 AWS_ACCESS_KEY_ID=bench AWS_SECRET_ACCESS_KEY=bench)
}

stop_slow_store() {
  local pid
  for pid in $relay_pid $stores_pid; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  stores_pid='' relay_pid=''
}
