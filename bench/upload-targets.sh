# Sourced by the benchmarks that upload: what takes the uploads, each started fresh. Needs silo.sh, peers.sh, $dll and $work.

# Random bytes are no video: these runs take anything, and the worker is left out so that only ingestion is measured.
export Ingestion__Uploads__RequireKnownContainer=false

# start_upload_target NAME: silo-s3, silo-file or a peer; sets target_pids, target_form, target_tus, target_token.
start_upload_target() {
  case $1 in
    silo-*)
      local settings=()
      if [ "$1" = silo-s3 ]; then
        settings=(Ingestion__Store=s3 Ingestion__S3__ServiceUrl=http://127.0.0.1:$sink_port Ingestion__S3__Bucket=videos Ingestion__S3__PathStyle=true
          Ingestion__S3__Region=us-east-1 AWS_ACCESS_KEY_ID=bench AWS_SECRET_ACCESS_KEY=bench)
      fi
      rm -rf "$work/data"
      start_silo_with "${settings[@]}" -- "$dll" --roles api
      target_token=$(DOTNET_ENVIRONMENT=Development dotnet "$dll" token bench --ttl 1h --data "$work/data")
      target_pids=$silo_pid target_form=$url/api/videos/upload target_tus=$url/api/uploads ;;
    *)
      start_peer "$1"
      target_token=$peer_token target_pids=tree:$peer_pid target_form=$peer_url target_tus=$peer_url ;;
  esac
}
stop_targets() { stop_silo; stop_peer; }
