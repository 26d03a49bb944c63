#!/usr/bin/env bash
# What telemetry costs: bench/telemetry.sh DLL. Forms of 64 KB to files, and broadcasts to sockets, on silos with telemetry and without, in turn:
#   on    metrics scraped each 15 s and pushed, traces (1 %) pushed by OTLP to a collector that only answers; with LOGS=1 log lines too
#   off   OTEL_SDK_DISABLED=true: nothing is kept, recorded or pushed
# ROUNDS (5) rounds of both, WHAT (uploads broadcasts), FORMS (4,000) forms by 20 users, SOCKETS (5,000) sockets, RATE (10) broadcasts a second. CPU of the silo alone.
# Ends with 1 where the median costs more than 3 %.
set -euo pipefail
dll=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$here/../../shared/bench bin=$here/../artifacts/bench
rounds=${ROUNDS:-5} forms=${FORMS:-4000} sockets=${SOCKETS:-5000} rate=${RATE:-10} collector_port=${COLLECTOR_PORT:-18318} what_all=${WHAT:-uploads broadcasts}
. "$here/silo.sh"
. "$here/peers.sh"
. "$here/upload-targets.sh"
. "$here/socket-targets.sh"
collector_pid='' scraper_pid=''
trap 'stop_silo; end "$scraper_pid"; end "$collector_pid"; rm -rf "$work"' EXIT
ulimit -n "$(ulimit -H -n)"

end() { [ -z "$1" ] || { kill "$1" 2>/dev/null && wait "$1" 2>/dev/null; } || true; }

for tool in upload-load ws-load; do build_tool $tool; done

python3 - "$collector_port" "$work/pushed" <<'PYTHON' & collector_pid=$!
import http.server, sys
class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_POST(self):
        with open(sys.argv[2], 'a') as pushed:
            print(self.path, len(self.rfile.read(int(self.headers['Content-Length']))), file=pushed)
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Collector).serve_forever()
PYTHON
(while sleep 15; do curl -sf -o /dev/null --max-time 10 "$url/metrics" || true; done) & scraper_pid=$!

# with STATE: what the silos that start next have.
with() {
  unset OTEL_SDK_DISABLED OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_PROTOCOL OTEL_LOGS_EXPORTER Ingestion__Telemetry__TraceShare
  if [ "$1" = off ]; then export OTEL_SDK_DISABLED=true; return; fi
  export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$collector_port OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf Ingestion__Telemetry__TraceShare=0.01
  [ "${LOGS:-}" = 1 ] || export OTEL_LOGS_EXPORTER=none
}

uploads() {
  start_upload_target silo-file
  local load=("$bin/upload-load/upload-load" --mode multipart --url "$target_form" --pid "$target_pids" --token "$target_token" --size 65536 --users 20)
  "${load[@]}" --count 2000 >/dev/null
  "${load[@]}" --count "$forms" --label "$1" | field srv_cpu_ms_per_upload
  stop_silo
}

broadcasts() {
  start_socket_target silo system
  "$bin/ws-load/ws-load" "${load[@]}" "${publish[@]}" --connections 1000 --publish-rate 50 --hold 10 >/dev/null
  "$bin/ws-load/ws-load" "${load[@]}" "${publish[@]}" --connections "$sockets" --publish-rate "$rate" --hold 20 --pid "$target_pid" --label "$1" |
    field srv_cpu_pct_hold
  stop_silo
}

for round in $(seq "$rounds"); do
  # The first of a round is not always the same.
  states='on off'; [ $((round % 2)) = 1 ] || states='off on'
  for state in $states; do
    with "$state"
    for what in $what_all; do
      figure=$("$what" "$state")
      echo "$figure" >>"$work/$what-$state"
      echo "round $round, telemetry $state: $what $figure"
    done
  done
done

[ -s "$work/pushed" ] || { echo 'nothing was pushed to the collector' >&2; exit 1; }
echo "pushed: $(wc -l <"$work/pushed") requests, $(awk '{ sum += $2 } END { printf "%.0f", sum / 1024 }' "$work/pushed") KiB"
python3 - "$work" $what_all <<'PYTHON'
import statistics, sys
missed = False
units = {'uploads': 'ms of CPU an upload', 'broadcasts': '% of a core'}
for what in sys.argv[2:]:
    unit = units[what]
    on, off = ([float(line) for line in open(f'{sys.argv[1]}/{what}-{state}')] for state in ('on', 'off'))
    cost = [100 * (a / b - 1) for a, b in zip(on, off)]
    median = 100 * (statistics.median(on) / statistics.median(off) - 1)
    missed |= median > 3
    each = ', '.join(f'{one:+.1f}' for one in cost)
    print(f'{what}: {statistics.median(on):.2f} with, {statistics.median(off):.2f} without ({unit}; medians): {median:+.1f} %; rounds {each} %')
sys.exit(missed)
PYTHON
