# Sourced by storms.sh: a cgroup for the silo and all that it starts, of version 1 or 2, below the one that this runs in, so that its limits hold as well.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the scripts that source this
cgroup=

# make_cgroup MIB: sets cgroup; leaves it empty where none can be made, and says so.
make_cgroup() {
  local parent bytes=$(($1 * 1024 * 1024))
  remove_cgroup
  [ "${CGROUP:-auto}" != 0 ] || return 0
  for parent in $(cgroup_parents); do
    cgroup=$parent/ingestion-storm-$$
    if mkdir "$cgroup" 2>/dev/null && limit_cgroup "$bytes"; then return 0; fi
    remove_cgroup
  done
  if [ "${CGROUP:-auto}" = 1 ]; then echo 'storms: NO CGROUP can be made here (needs root and a writable memory controller)' >&2; exit 3; fi
  [ -n "${no_cgroup_said:-}" ] || echo 'NO CGROUP can be made here: the limit is the budget that the silo is given, and no kernel enforces it' >&2
  no_cgroup_said=yes
}

# cgroup_parents: folders in which one may be made. With version 2 a group with processes can't have limited groups below it: one beside it comes next.
cgroup_parents() {
  local own mount
  mount=$(awk '$3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/ { print $2; exit }' /proc/mounts)
  own=$(awk -F: '$2 == "memory" { print $3 }' /proc/self/cgroup)
  if [ -n "$mount" ] && [ -d "$mount$own" ]; then echo "$mount${own%/}"; return; fi
  mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
  own=$(awk -F: '$1 == "0" { print $3 }' /proc/self/cgroup)
  if [ -z "$mount" ] || [ ! -d "$mount$own" ]; then return 0; fi
  echo "$mount${own%/}"
  [ "$own" = / ] || echo "$mount$(dirname "$own" | sed 's,/$,,')"
}

# limit_cgroup BYTES
limit_cgroup() {
  if [ -e "$cgroup/memory.limit_in_bytes" ]; then
    echo "$1" 2>/dev/null >"$cgroup/memory.limit_in_bytes"
    return
  fi
  [ -e "$cgroup/memory.max" ] || echo +memory 2>/dev/null >"$(dirname "$cgroup")/cgroup.subtree_control" || return 1
  [ -e "$cgroup/memory.max" ] || return 1
  echo "$1" 2>/dev/null >"$cgroup/memory.max" || return 1
  [ ! -e "$cgroup/memory.swap.max" ] || echo 0 >"$cgroup/memory.swap.max"
}

# cgroup_kills: how many processes of it the kernel has killed for want of memory.
cgroup_kills() {
  local file
  for file in "$cgroup/memory.oom_control" "$cgroup/memory.events"; do
    [ ! -e "$file" ] || awk '$1 == "oom_kill" { print $2 }' "$file"
  done
}

# cgroup_peak: the most that was charged to it, in MiB; nothing where the kernel does not keep it (version 2 before Linux 5.19).
cgroup_peak() {
  local file
  for file in "$cgroup/memory.max_usage_in_bytes" "$cgroup/memory.peak"; do
    [ ! -e "$file" ] || awk '{ printf "%d", $1 / 1048576 }' "$file"
  done
}

# Processes that have just ended are in it for a moment.
remove_cgroup() {
  local tries
  [ -n "$cgroup" ] || return 0
  for ((tries = 0; tries < 50; tries++)); do
    if [ ! -d "$cgroup" ] || rmdir "$cgroup" 2>/dev/null; then cgroup=; return 0; fi
    sleep 0.1
  done
  echo "storms: $cgroup is still there" >&2
  cgroup=
}
