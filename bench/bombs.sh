#!/usr/bin/env bash
# What decode bombs cost other users: bench/bombs.sh DLL
# 20 good videos of 20 users, alone and beside 20 bombs of one user, in turn for ROUNDS (3) rounds on one silo. Prints the median times until the last
# good one is ready, their ratio, and the most resident memory seen: of one tool, of all tools together, of the tree.
set -euo pipefail
dll=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rounds=${ROUNDS:-3} count=20
. "$here/silo.sh"
. "$here/bomb-files.sh"

media() {
  ffmpeg -v error -nostdin -y -f lavfi -i testsrc2=s=1280x720:r=25:d=4 -c:v libx264 -preset ultrafast -pix_fmt yuv420p "$work/good.mp4"
  make_bombs
}

token() { DOTNET_ENVIRONMENT=Development dotnet "$dll" token "$1" --ttl 2h --data "$work/data"; }

# upload TOKEN FILE: the id of the video
upload() { curl -sf -F "video_file=@$2;filename=v" -H "Authorization: Bearer $1" "$url/api/videos/upload" | grep -o '"video_id":"[0-9a-f]*"' | cut -d'"' -f4; }

status() { curl -sf -H "Authorization: Bearer $1" "$url/api/videos/$2" | grep -o '"status":"[a-z]*"' | cut -d'"' -f4; }

# sample: every 0.1 s the RSS of each tool, of all tools, and of the silo with all below it, in MiB
sample() {
  while :; do
    ps -eo pid=,ppid=,rss=,comm= | awk -v silo="$silo_pid" '
      { parent[$1] = $2; rss[$1] = $3; name[$1] = $4 }
      END {
        for (p in rss) {
          a = p; while (a && a != silo && a != 1) a = parent[a]
          if (a != silo) continue
          tree += rss[p]
          if (name[p] ~ /^ff/) { tools += rss[p]; if (rss[p] > one) one = rss[p] }
        }
        printf "%d %d %d\n", one / 1024, tools / 1024, tree / 1024
      }'
    sleep 0.1
  done >"$1"
}

# round NAME BOMBS: milliseconds until the last good video is ready
round() {
  local ids=() i began ended
  sample "$work/rss-$1" & local sampler=$!
  began=$(now_ms)
  for ((i = 0; i < count; i++)); do
    [ "$2" = 0 ] || upload "$attacker" "$work/bomb-$((i % 3))" >/dev/null
    ids[i]=$(upload "${users[i]}" "$work/good.mp4")
  done
  for ((i = 0; i < count; i++)); do
    until [ "$(status "${users[i]}" "${ids[i]}")" = ready ]; do sleep 0.02; done
  done
  ended=$(now_ms)
  echo $((ended - began)) >>"$work/ms-$1"
  # What is left of the bombs does not count for the next round.
  until [ "$(curl -sf "$url/metrics" | awk '/^ingestion_job_backlog/ { print $NF }')" = 0 ]; do sleep 0.2; done
  kill "$sampler"; wait "$sampler" 2>/dev/null || true
  cat "$work/rss-$1" >>"$work/all-rss-$1"
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

peaks() { awk '{ for (i = 1; i <= 3; i++) if ($i > m[i]) m[i] = $i } END { printf "one tool %d MiB, all tools %d MiB, tree %d MiB", m[1], m[2], m[3] }' "$1"; }

media
start_silo "$dll"
attacker=$(token attacker)
users=()
for ((u = 0; u < count; u++)); do users[u]=$(token "user-$u"); done
round warm 0
for ((r = 0; r < rounds; r++)); do round alone 0; round beside 1; done
alone=$(median "$work/ms-alone") beside=$(median "$work/ms-beside")
echo "$count good videos alone:            $alone ms ($(tr '\n' ' ' <"$work/ms-alone")), $(peaks "$work/all-rss-alone")"
echo "$count good videos beside $count bombs:  $beside ms ($(tr '\n' ' ' <"$work/ms-beside")), $(peaks "$work/all-rss-beside")"
echo "ratio $(awk -v a="$alone" -v b="$beside" 'BEGIN { printf "%.2f", b / a }')"
curl -sf "$url/metrics" | awk '/^ingestion_tool_duration_seconds_count/ { print }'
