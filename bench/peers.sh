# Sourced by the upload benchmark: what is measured beside the silo, each in a process of its own on 127.0.0.1, ended by its pid.
# Needs $tools (../shared/bench), $bin (built tools) and $work (a temporary folder).
readonly sink_port=9100 founding_port=8000 passthrough_port=9200 tus_port=9300
founding_packages='gunicorn python3-gunicorn python3-uvicorn python3-fastapi python3-multipart python3-boto3 python3-jwt python3-uvloop python3-httptools'
peer_pid= sink_pid=

# build_tool NAME: a file-based app of the tools folder, built once.
build_tool() {
  [ -x "$bin/$1/$1" ] && return
  [ -f "$tools/$1.cs" ] || { echo "skipped: $1.cs is not in $tools" >&2; exit 3; }
  mkdir -p "$work/src/$1" && cp "$tools/$1.cs" "$work/src/$1/"
  (cd "$work/src/$1" && dotnet build "$1.cs" -c Release -o "$bin/$1" -v q -nologo >&2)
}

# install_founding, install_tus_node: 0 when the peer can run here; says so when it can't.
install_founding() {
  /usr/bin/python3 -c 'import fastapi, boto3, jwt, gunicorn, uvicorn, multipart' 2>/dev/null && return
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $founding_packages; } >"$work/apt.log" 2>&1 </dev/null && return
  echo 'SKIPPED: the founding stack, as its Debian packages can not be installed here' >&2
  return 1
}
install_tus_node() {
  [ -f "$bin/node/tus-node.mjs" ] && [ -d "$bin/node/node_modules/@tus/server" ] && return
  mkdir -p "$bin/node" && cp "$tools/tus-node.mjs" "$bin/node/" && echo '{"type":"module","private":true}' >"$bin/node/package.json"
  (cd "$bin/node" && npm install --no-audit --no-fund @tus/server @tus/file-store @tus/s3-store) >"$work/npm.log" 2>&1 && return
  echo 'SKIPPED: @tus/server, as it can not be installed here' >&2
  return 1
}

# until_up PORT: waits for a listener.
until_up() {
  for _ in $(seq 300); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.1
  done
  echo "nothing listens on $1" >&2
  exit 1
}

end_pid() { [ -z "$1" ] || { kill "$1" 2>/dev/null && wait "$1" 2>/dev/null; } || true; }

start_sink() { "$bin/s3sink/s3sink" $sink_port "$@" >"$work/sink.log" 2>&1 & sink_pid=$!; until_up $sink_port; }
stop_sink() { end_pid "$sink_pid"; sink_pid=; }

# start_peer NAME: sets peer_pid, peer_url and peer_token.
start_peer() {
  peer_token=
  case $1 in
    founding)
      (cd "$tools" && PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 -m gunicorn -w 2 -k uvicorn.workers.UvicornWorker -b 127.0.0.1:$founding_port founding_stack:app) >"$work/peer.log" 2>&1 &
      peer_pid=$!; peer_port=$founding_port; peer_url=http://127.0.0.1:$peer_port/api/videos/upload
      peer_token=$(cd "$tools" && PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 founding_stack.py) ;;
    passthrough)
      "$bin/passthrough/passthrough" >"$work/peer.log" 2>&1 &
      peer_pid=$!; peer_port=$passthrough_port; peer_url=http://127.0.0.1:$peer_port/s3raw ;;
    tus-s3|tus-file)
      local where=http://127.0.0.1:$sink_port
      [ "$1" = tus-s3 ] || where=$work/tus-files
      (cd "$bin/node" && exec node tus-node.mjs $tus_port "${1#tus-}" "$where") >"$work/peer.log" 2>&1 &
      peer_pid=$!; peer_port=$tus_port; peer_url=http://127.0.0.1:$peer_port/files ;;
  esac
  until_up "$peer_port"
}
stop_peer() { end_pid "$peer_pid"; peer_pid=; rm -rf "$work/tus-files"; }
