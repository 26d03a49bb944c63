# Sourced by the benchmarks: one fresh silo on a free port, ended by its own pid.
port=${PORT:-18080}
url=http://127.0.0.1:$port
work=$(mktemp -d)
silo_pid=

now_ms() { date +%s%3N; }

# start_silo DLL [arguments]: sets silo_pid and ready_ms
start_silo() { start_silo_with -- "$@"; }

# start_silo_with NAME=VALUE… -- DLL [arguments]: the same with more in its environment
start_silo_with() {
  local more=()
  while [ "$1" != -- ]; do more+=("$1"); shift; done
  local dll=$2; shift 2
  local began; began=$(now_ms)
  env DOTNET_ENVIRONMENT=Development "${more[@]}" dotnet "$dll" --urls "$url" --data "$work/data" "$@" >"$work/log" 2>&1 &
  silo_pid=$!
  until_ready
  ready_ms=$(( $(now_ms) - began ))
}

# until_ready: asks every 10 ms, with nothing but the shell: a curl for each request would take half a core from the silo that starts.
until_ready() {
  local answer pause
  exec {pause}<> <(:)
  until answer= && { exec 4<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null && printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&4 && { read -r answer <&4 || true; } && [[ $answer == *' 200 '* ]]; do
    kill -0 "$silo_pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    read -r -t 0.01 -u "$pause" || true
  done
  exec 4>&- {pause}>&-
}

stop_silo() {
  [ -n "$silo_pid" ] || return 0
  kill "$silo_pid" 2>/dev/null || true
  wait "$silo_pid" 2>/dev/null || true
  silo_pid=
}

# cpu_ms PID: milliseconds of processor time since it began
cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); printf "%d", ($12 + $13) * 1000 / hz }' "/proc/$1/stat"; }

rss_mib() { awk '/VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }

# tokens COUNT [KEY-FILE] [FIRST]: one token a line, each for a user of its own from number FIRST (0) on, signed with the silo's key.
tokens() {
  python3 - "${2:-$work/data/keys/token.key}" "$1" "${3:-0}" >"$work/tokens" <<'PY'
import base64, hashlib, hmac, json, sys, time
key = base64.b64decode(open(sys.argv[1]).read().strip())
encode = lambda b: base64.urlsafe_b64encode(b).rstrip(b'=')
head = encode(b'{"alg":"HS256","typ":"JWT"}')
for i in range(int(sys.argv[3]), int(sys.argv[3]) + int(sys.argv[2])):
    claims = {'sub': f'user-{i}', 'scope': 'read upload', 'iss': 'ingestion', 'aud': 'ingestion', 'exp': int(time.time()) + 7200}
    signed = head + b'.' + encode(json.dumps(claims).encode())
    print((signed + b'.' + encode(hmac.new(key, signed, hashlib.sha256).digest())).decode())
PY
}

# field NAME: the first number of that name in the JSON on standard input.
field() { grep -o "\"$1\":[-0-9.]*" | head -n 1 | cut -d: -f2; }

trap 'stop_silo; rm -rf "$work"' EXIT
