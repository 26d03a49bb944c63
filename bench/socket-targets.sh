# Sourced by the benchmarks of live status: what holds the sockets, each started fresh. Needs silo.sh, peers.sh, $dll, $work and $sockets.

export Ingestion__Uploads__RequireKnownContainer=false Ingestion__Limits__MaxConcurrentUploadsPerUser=0
# The generator says something every 8 s and answers no ping of ours: that must do.
export Ingestion__Sockets__PongSeconds=10
export Ingestion__Sockets__AcceptsPerSecond=0 Ingestion__Sockets__MaxSocketsPerUser=0

# start_socket_target NAME CHANNEL: sets target_pid and load, the arguments that connect to it.
start_socket_target() {
  case $1 in
    silo)
      rm -rf "$work/data"
      start_silo "$dll" --roles api
      admin=$(DOTNET_ENVIRONMENT=Development dotnet "$dll" token operator --scope admin --ttl 2h --data "$work/data")
      tokens "$sockets"
      target_pid=$silo_pid
      load=(--url "ws://127.0.0.1:$port/ws" --subprotocol ingestion.v1 --lines "$work/tokens" --header 'Authorization: Bearer {line}'
        --first-frame "{\"op\":\"sub\",\"id\":1,\"ch\":[\"$2\"]}" --ready-text '"op":"snap"' --keepalive-text '{"op":"pong"}' --keepalive-every 8)
      publish=(--publish-url "$url/api/admin/broadcast" --publish-header "Authorization: Bearer $admin" --ts-key t0
        --publish-body '{"channel":"system","message":{"t0":{ts}}}') ;;
    kestrelws)
      "$bin/kestrelws/kestrelws" 9470 >"$work/peer.log" 2>&1 & peer_pid=$! target_pid=$peer_pid
      until_up 9470
      load=(--url ws://127.0.0.1:9470/ws)
      # As long as our frame is.
      publish=(--publish-url http://127.0.0.1:9470/publish --publish-body '{"ts":{ts},"pad":"{pad:330}"}') ;;
    signalr)
      "$bin/signalr/signalr" 9460 >"$work/peer.log" 2>&1 & peer_pid=$! target_pid=$peer_pid
      until_up 9460
      load=(--url ws://127.0.0.1:9460/hub --first-frame '{"protocol":"json","version":1}\x1e' --ready-text '{}' --keepalive-text '{"type":6}\x1e' --keepalive-every 15)
      publish=(--publish-url http://127.0.0.1:9460/publish --publish-body '{"ts":{ts},"pad":"{pad:330}"}') ;;
  esac
}
