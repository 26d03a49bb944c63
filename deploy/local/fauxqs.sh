# Sourced by cluster and by benchmarks: an S3 and SQS server from npm. Needs $root.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the scripts that source this
readonly fauxqs=1.9.2
npm_folder=$root/artifacts/npm/fauxqs-$fauxqs

install_fauxqs() {
  [ ! -e "$npm_folder/installed" ] || return 0
  mkdir -p "$npm_folder"
  npm install "fauxqs@$fauxqs" --prefix "$npm_folder" --no-audit --no-fund --loglevel=error >&2
  touch "$npm_folder/installed"
}
