# Sourced by cluster: silos as if they were on machines of their own, joined by a bridge.
readonly bridge=ingestion0

namespace_of() { echo "ingestion-$1"; }
address_of() { echo "10.77.0.$((10 + $1))"; }
address_of_stores() { echo 10.77.0.2; }

make_network() {
  local k
  [ "$(id -u)" -eq 0 ] || fail "--netns needs root."
  ! ip link show "$bridge" >/dev/null 2>&1 || fail "the bridge $bridge is there already: another cluster with --netns runs, or was killed (ip link del $bridge; ip -all netns del)."
  ip link add "$bridge" type bridge
  ip addr add 10.77.0.1/24 dev "$bridge"
  ip link set "$bridge" up
  add_namespace stores "$(address_of_stores)"
  for ((k = 1; k <= $1; k++)); do add_namespace "$k" "$(address_of "$k")"; done
}

# add_namespace NAME ADDRESS
add_namespace() {
  local name; name=$(namespace_of "$1")
  ip netns add "$name"
  ip link add "ing-$1" type veth peer name eth0 netns "$name"
  ip link set "ing-$1" master "$bridge" up
  ip -n "$name" addr add "$2/24" dev eth0
  ip -n "$name" link set lo up
  ip -n "$name" link set eth0 up
}

remove_network() {
  local name
  for name in $(ip netns list | awk '/^ingestion-/ { print $1 }'); do ip netns del "$name"; done
  ip link del "$bridge" 2>/dev/null || true
}

# cut_silos K L SECONDS [--one-way]: frames of K for L go to a machine that is not there, and the other way round.
cut_silos() {
  local seconds=${3:?cut K L SECONDS}
  # Not local: the trap runs when the function is over.
  k=$1 l=$2 way=${4:-}
  [ -n "$isolated" ] || fail "silos that share a network can't be cut apart: start the cluster with --netns."
  deafen "$k" "$l"
  [ "$way" = --one-way ] || deafen "$l" "$k"
  trap 'hear "$k" "$l"; [ "$way" = --one-way ] || hear "$l" "$k"' EXIT
  sleep "$seconds"
}

# deafen K L: L hears nothing of K
deafen() { ip -n "$(namespace_of "$1")" neigh replace "$(address_of "$2")" lladdr 02:00:00:00:00:01 dev eth0 nud permanent; }
hear() { ip -n "$(namespace_of "$1")" neigh del "$(address_of "$2")" dev eth0; }
