# Sourced by tests/run and cluster: installs programs of Debian that are missing, where that is allowed.

# Debian keeps PostgreSQL's server programs off PATH.
have() { command -v "$1" >/dev/null 2>&1 || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null; }

# need COMMAND PACKAGE… -- WHAT: installs Debian packages if a command is missing and this may; says what is skipped otherwise.
need() {
  local command=$1 packages=() apt=(apt-get) log
  shift
  while [ "$1" != -- ]; do packages+=("$1"); shift; done
  have "$command" && return
  [ "$(id -u)" -eq 0 ] || apt=(sudo -n apt-get)
  if have apt-get; then
    echo "installing ${packages[*]} ($command is missing)"
    log=$(mktemp)
    { timeout 10m "${apt[@]}" install -y -q --no-install-recommends "${packages[@]}" ||
      { timeout 5m "${apt[@]}" update -q && timeout 10m "${apt[@]}" install -y -q --no-install-recommends "${packages[@]}"; }; } >"$log" 2>&1 </dev/null
    have "$command" || tail -n 3 "$log"
    rm -f "$log"
    have "$command" && return
  fi
  echo "MISSING: $command (package ${packages[*]}) can't be installed here. Skipped: $2."
}

# PostgreSQL's programs without the cluster that Debian creates and starts with them: the tests start a server of their own.
need_postgres() {
  local skipped='the tests with a PostgreSQL server' conf=/etc/postgresql-common/createcluster.conf as=()
  have initdb && return
  [ "$(id -u)" -eq 0 ] || as=(sudo -n)
  if ! have pg_createcluster; then
    need pg_createcluster postgresql-common -- "$skipped"
    have pg_createcluster || return
    "${as[@]}" sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' "$conf"
  fi
  need initdb postgresql -- "$skipped"
}

# without_start COMMAND…: Debian starts a server as it installs it, unless a policy says otherwise: these are started by the tests alone.
without_start() {
  local policy=/usr/sbin/policy-rc.d as=()
  [ "$(id -u)" -eq 0 ] || as=(sudo -n)
  [ -e "$policy" ] && policy= || printf '#!/bin/sh\nexit 101\n' | "${as[@]}" install -m 755 /dev/stdin "$policy"
  "$@"
  [ -z "$policy" ] || "${as[@]}" rm -f "$policy"
}

need_proxies() {
  have nginx || without_start need nginx nginx -- 'the tests behind nginx'
  have haproxy || without_start need haproxy haproxy -- 'the tests behind haproxy'
}

# The program that reads rules comes with the server.
need_promtool() { have promtool || without_start need promtool prometheus -- 'the tests of the rules of Prometheus'; }
