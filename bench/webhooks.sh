#!/usr/bin/env bash
# A webhook whose receiver needs 50 ms, 100 events a second for a minute: what comes, how far behind it is, what the silo takes.
# webhooks.sh DLL [SECONDS [EVENTS_PER_SECOND [RECEIVER_SECONDS]]]
set -euo pipefail
dll=$1; shift
. "$(dirname "${BASH_SOURCE[0]}")/silo.sh"
start_silo_with Ingestion__Webhooks__AllowInsecure=true Ingestion__Webhooks__AllowPrivateAddresses=true -- "$dll" --roles api
token=$(dotnet "$dll" token bench --data "$work/data")
python3 "$(dirname "${BASH_SOURCE[0]}")/webhooks-load.py" "$url" "$token" $((port + 1)) "$silo_pid" "$@"
