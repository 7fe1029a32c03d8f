#!/bin/bash
# One client and one responder with real daemons, and a connection for each cipher, hash and mode:
#   suites-lab.sh OUTDIR NULL_KERNEL
# NULL_KERNEL is null-kernel.c as a shared object. Captures at the responder into OUTDIR/lab.pcap while each
# connection dials, re-keys and hangs up. The daemons print the keys into OUTDIR/{asa,c1}/charon.log (log group ike,
# level 4). Takes some seconds, and takes everything down at its end.
set -eu
out=$1 shim=$2 pids=()
mkdir -p "$out"

cleanup() {
  [ $? -eq 0 ] || tail -n 5 "$out/control.log" >&2 || true
  for pid in "${pids[@]:-}"; do [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]:-}"; do [ -n "$pid" ] && wait "$pid" 2>/dev/null || true; done
}
trap cleanup EXIT

# A namespace lives as long as the process that holds it.
declare -A holder address=([asa]=192.0.2.1 [c1]=192.0.2.11)
for name in asa c1; do
  unshare -n sleep 600 &
  holder[$name]=$!
  pids+=($!)
done
sleep 0.3
inside() { local name=$1; shift; nsenter -t "${holder[$name]}" -n "$@"; }
inside asa ip link add eth0 type veth peer name eth0 netns "${holder[c1]}"
for name in asa c1; do
  inside $name ip link set lo up
  inside $name ip link set eth0 up
  inside $name ip addr add "${address[$name]}/24" dev eth0
done

# name, proposal, aggressive, forced UDP encapsulation
suites=(
  "main1 3des-md5-modp1024 no no"
  "main2 3des-sha1-modp1024 no yes"
  "main3 aes128-sha1-modp1024 no no"
  "main4 aes192-sha256-modp2048 no yes"
  "main5 aes256-sha384-modp2048 no no"
  "main6 aes256-sha512-modp2048 no yes"
  "main7 aes128-md5-modp1024 no no"
  "agg1 3des-sha1-modp1024 yes no"
  "agg2 aes128-sha256-modp1024 yes yes"
  "agg3 aes256-sha1-modp1024 yes no"
)

connection() { # name proposals aggressive encap local remote identity
  cat <<C
  $1 {
    version = 1
    aggressive = $3
    proposals = $2
    encap = $4
    local_addrs = $5
    remote_addrs = $6
    local {
      auth = psk
      id = $7
    }
    remote {
      auth = psk
    }
    children {
      $1 {
        mode = transport
        local_ts = dynamic[udp/1701]
        remote_ts = dynamic[udp/1701]
        esp_proposals = aes128-sha1
      }
    }
  }
C
}

# The responder takes the proposal by the first connection, and the mode by the one that has it.
connections() { # name
  local conn proposal aggressive encap
  local all=
  for suite in "${suites[@]}"; do
    read -r conn proposal aggressive encap <<<"$suite"
    all+=${all:+,}$proposal
    # An identity each: the responder takes two IKE SAs of one identity for a reauthentication and, ten seconds later,
    # deletes the older one.
    [ "$1" = asa ] || connection "$conn" "$proposal" "$aggressive" "$encap" "${address[c1]}" "${address[asa]}" "$conn.lab"
  done
  [ "$1" = asa ] || return 0
  for aggressive in yes no; do
    connection "any-$aggressive" "$all" "$aggressive" no "${address[asa]}" %any "${address[asa]}"
  done
}

configure() { # name
  local d=$out/$1
  mkdir -p "$d"/run "$d"/sw/{x509,x509ca,x509ocsp,x509aa,x509ac,x509crl,pubkey,private,rsa,ecdsa,bliss,pkcs8,pkcs12}
  cat >"$d/strongswan.conf" <<C
charon {
  load_modular = no
  load = nonce openssl pem pkcs1 x509 pubkey hmac kdf kernel-netlink socket-default vici updown
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  plugins {
    vici {
      socket = unix://$d/vici
    }
  }
  filelog {
    main {
      path = $d/charon.log
      flush_line = yes
      ike = 4
      enc = 1
    }
  }
}
C
  {
    echo "connections {"
    connections "$1"
    echo "}"
    echo 'secrets { ike-any { secret = "lab-psk-not-secret" } }'
  } >"$d/sw/swanctl.conf"
}

control() { # name command...
  local d=$out/$1
  shift
  SWANCTL_DIR=$d/sw STRONGSWAN_CONF=$d/strongswan.conf swanctl "$1" --uri "unix://$d/vici" "${@:2}"
}

start() { # name
  local d=$out/$1
  # Each has a /run of its own: the daemon writes its process id there under a fixed name.
  STRONGSWAN_CONF=$d/strongswan.conf nsenter -t "${holder[$1]}" -n unshare -m sh -c \
    "mount --bind $d/run /run && LD_PRELOAD=$shim exec /usr/lib/ipsec/charon" >"$d/stderr" 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do [ -S "$d/vici" ] && break; sleep 0.1; done
  sleep 0.2
  control "$1" --load-all --noprompt >"$d/load.log" 2>&1 || { cat "$d/load.log" >&2; exit 1; }
}

configure asa
configure c1
start asa
start c1
nsenter -t "${holder[asa]}" -n tcpdump -i eth0 -U --immediate-mode -w "$out/lab.pcap" 'udp port 500 or 4500' 2>"$out/tcpdump.log" &
tcpdump=$!
pids+=($tcpdump)
for _ in $(seq 50); do grep -q listening "$out/tcpdump.log" && break; sleep 0.1; done

all() { # command, with CONN for the name of the connection
  local suite conn
  for suite in "${suites[@]}"; do
    read -r conn _ <<<"$suite"
    control c1 "${@//CONN/$conn}"
  done
}
{
  all --initiate --child CONN --timeout 20
  all --rekey --child CONN
  sleep 0.5
  all --terminate --ike CONN
} >"$out/control.log" 2>&1
sleep 0.3
kill -TERM "$tcpdump"
wait "$tcpdump" || true
