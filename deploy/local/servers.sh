# Sourced by cluster: PostgreSQL, an S3 and SQS server, and the balancer.
# shellcheck source=deploy/local/fauxqs.sh
. "$here/fauxqs.sh"

# Finds the programs before anything is begun.
prepare_servers() {
  need_postgres
  if [ "$balancer" = haproxy ]; then need_proxies; fi
  need npm nodejs npm -- 'S3 and SQS'
  have initdb || fail "PostgreSQL is missing: install the package postgresql."
  command -v npm >/dev/null || fail "S3 and SQS are a server from npm: install nodejs and npm."
  install_fauxqs
}

# PostgreSQL refuses to run as root.
as_postgres=()
if [ "$(id -u)" -eq 0 ]; then as_postgres=(setpriv --reuid=nobody --regid=nogroup --clear-groups); fi

postgres_program() { command -v "$1" || compgen -G "/usr/lib/postgresql/*/bin/$1" | sort -V | tail -n 1; }

# On a unix socket alone: it is the same in every network namespace. Paths of sockets are short.
start_postgres() {
  local folder=$data/postgres
  sockets=$(mktemp -d /tmp/ingestion.XXXXXX)
  mkdir "$folder"
  if [ "$(id -u)" -eq 0 ]; then chown nobody:nogroup "$folder" "$sockets"; fi
  "${as_postgres[@]}" test -x "$folder" || fail "the user nobody, as whom PostgreSQL runs, can't reach $folder: name another --data, as /var/tmp/cluster."
  "${as_postgres[@]}" "$(postgres_program initdb)" -D "$folder" -A trust -U postgres -E UTF8 --locale=C --no-sync >"$data/log/initdb" 2>&1 ||
    { cat "$data/log/initdb" >&2; fail "initdb failed."; }
  # Which statements run, and how often: table pg_stat_statements.
  (cd / && exec "${as_postgres[@]}" setsid "$(postgres_program postgres)" -D "$folder" -k "$sockets" -c listen_addresses= \
    -c shared_preload_libraries=pg_stat_statements) \
    >"$data/log/postgres" 2>&1 </dev/null &
  remember "$data/run/postgres.pid" $!
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    sql postgres 'select 1' >/dev/null 2>&1 && break
    sleep 0.1
  done
  sql postgres 'create database ingestion' >/dev/null || { cat "$data/log/postgres" >&2; fail "PostgreSQL did not start."; }
  sql ingestion 'create extension pg_stat_statements' >/dev/null
}

# sql DATABASE STATEMENT
sql() { "$(postgres_program psql)" -h "$sockets" -U postgres -d "$1" -v ON_ERROR_STOP=1 -At -F ' ' -c "$2"; }

# One process is both. It ends with its standard input.
start_stores() {
  local host=127.0.0.1 in=()
  if [ -n "$isolated" ]; then host=$(address_of_stores) in=(ip netns exec "$(namespace_of stores)"); fi
  (cd "$npm_folder" && HOST=$host exec setsid "${in[@]}" node --input-type=module --eval "$(<"$root/tests/Support/Servers/fauxqs.mjs")" \
    < <(exec setsid tail -f /dev/null --pid=$$)) >"$data/run/stores.url" 2>"$data/log/stores" &
  remember "$data/run/stores.pid" $!
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    [ -s "$data/run/stores.url" ] && break
    sleep 0.1
  done
  stores=$(<"$data/run/stores.url")
  [ -n "$stores" ] || { cat "$data/log/stores" >&2; fail "the S3 and SQS server did not start."; }
  queue=$("${in[@]}" node --input-type=module --eval "
    const url = process.argv[1], queue = name => fetch(url, { method: 'POST', body: JSON.stringify({ QueueName: name }),
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.CreateQueue' } });
    const answers = [await fetch(url + '/videos', { method: 'PUT', body: '' }), await queue('jobs-dead'), await queue('jobs')];
    for (const answer of answers)
      if (!answer.ok) throw new Error(await answer.text());
    console.log((await answers[2].json()).QueueUrl);" "$stores") || fail "the bucket and the queues could not be made."
}

write_settings() {
  cat >"$data/run/cluster.env" <<TEXT2
port=$port
isolated=$isolated
sockets=$sockets
stores=$stores
settings=(
  DOTNET_ENVIRONMENT=Development AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  Ingestion__Cluster__Kind=postgres "Ingestion__Cluster__ConnectionString=Host=$sockets;Username=postgres;Database=ingestion"
  Ingestion__Cluster__SiloPort=0 Ingestion__Cluster__Tls__Disabled=true
  Ingestion__Store=s3 Ingestion__S3__ServiceUrl=$stores Ingestion__S3__Bucket=videos Ingestion__S3__PathStyle=true Ingestion__S3__Region=us-east-1
  Ingestion__Queue=sqs Ingestion__Sqs__ServiceUrl=$stores Ingestion__Sqs__Region=us-east-1
  Ingestion__Sqs__QueueUrl=$queue Ingestion__Sqs__DeadLetterQueueUrl=$queue-dead
  Ingestion__Token__KeyFile=$data/keys/token.key
)
TEXT2
  # shellcheck disable=SC1091
  . "$data/run/cluster.env"
}

# The key of all silos, where ./dev token --data finds it.
mint_key() {
  mkdir -m 700 "$data/keys"
  (umask 077 && head -c 32 /dev/urandom | base64 >"$data/keys/token.key")
}

start_balancer() {
  local k file=$data/run/haproxy.cfg
  if [ "$balancer" = node ] || ! have haproxy; then
    setsid node "$here/balancer.mjs" "$port" $(for ((k = 1; k <= $1; k++)); do echo "$(silo_address "$k"):$(silo_port "$k")"; done) \
      >"$data/log/balancer" 2>&1 </dev/null &
    remember "$data/run/balancer.pid" $!
    until_balanced
    return
  fi
  {
    cat <<TEXT2
defaults
  mode http
  timeout connect 2s
  timeout client 75s
  timeout server 75s
  timeout tunnel 1h
  timeout check 2s
  option redispatch
  retries 3
  retry-on conn-failure
frontend all
  bind 127.0.0.1:$port
  default_backend silos
backend silos
  balance roundrobin
  option httpchk GET /health/ready
  # A silo that answers and is not ready keeps the requests that it has. One that answers nothing is frozen: what it has is ended, so that clients ask again.
  http-check expect status 200 error-status L7OKC
  default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
TEXT2
    for ((k = 1; k <= $1; k++)); do echo "  server silo-$k $(silo_address "$k"):$(silo_port "$k")"; done
  } >"$file"
  setsid "$(command -v haproxy || echo /usr/sbin/haproxy)" -db -f "$file" >"$data/log/balancer" 2>&1 </dev/null &
  remember "$data/run/balancer.pid" $!
  until_balanced
}

# Waits until the balancer listens.
until_balanced() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    { exec 4<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null && { exec 4>&-; return; }
    is_alive "$data/run/balancer.pid" || break
    sleep 0.1
  done
  cat "$data/log/balancer" >&2
  fail "the balancer did not start."
}

# What the database says of the silos.
membership() {
  sql ingestion "select siloname, address || ':' || port, case status when 1 then 'joining' when 2 then 'joining' when 3 then 'active'
    when 4 then 'stopping' when 5 then 'stopping' when 6 then 'dead' else status::text end, 'since ' || date_trunc('second', starttime)
    from orleansmembershiptable order by starttime desc limit 10" | column -t
}
