#!/bin/bash
# A VPN lab with real daemons: vpn-lab.sh OUTDIR [SHIM]
# Prints the process id to enter the responder's network namespace with, then obeys lines of standard input:
#   connect c1 | rekey c1 | disconnect c1
# and prints "done" after each. Ends, and takes everything down, at the end of input.
# kernel-libipsec needs no ESP in the kernel, but /dev/net/tun; everything from the fifth message on is on port 4500.
set -u
out=$1 shim=${2:-} pids=()
mkdir -p "$out"

cleanup() {
  for pid in "${pids[@]:-}"; do [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null; done
  for pid in "${pids[@]:-}"; do [ -n "$pid" ] && wait "$pid" 2>/dev/null; done
}
trap cleanup EXIT

# A namespace lives as long as the process that holds it.
declare -A holder
for name in switch asa c1 c2; do
  unshare -n sleep 600 &
  holder[$name]=$!
  pids+=($!)
done
sleep 0.3
inside() { local name=$1; shift; nsenter -t "${holder[$name]}" -n "$@"; }

for name in switch asa c1 c2; do inside $name ip link set lo up; done
inside switch ip link add br0 type bridge forward_delay 0
inside switch ip link set br0 up
declare -A address=([asa]=192.0.2.1 [c1]=192.0.2.11 [c2]=192.0.2.12)
for name in asa c1 c2; do
  inside switch ip link add "v$name" type veth peer name eth0 netns "${holder[$name]}"
  inside switch ip link set "v$name" master br0 up
  inside $name ip link set eth0 up
  inside $name ip addr add "${address[$name]}/24" dev eth0
done
inside asa ip addr add 10.0.0.1/32 dev lo
inside c1 ip addr add 10.1.1.1/32 dev lo
inside c2 ip addr add 10.1.2.1/32 dev lo

configure() { # name remote local_ts remote_ts
  local d=$out/$1
  mkdir -p "$d"/run "$d"/sw/{x509,x509ca,x509ocsp,x509aa,x509ac,x509crl,pubkey,private,rsa,ecdsa,bliss,pkcs8,pkcs12}
  cat >"$d/strongswan.conf" <<C
charon {
  load_modular = no
  load = nonce openssl pem pkcs1 x509 pubkey hmac kdf kernel-libipsec kernel-netlink socket-default vici updown
  retransmit_timeout = 1.0
  plugins {
    vici {
      socket = unix://$d/vici
    }
  }
  filelog {
    main {
      path = $d/charon.log
      flush_line = yes
      enc = 1
    }
  }
}
C
  cat >"$d/sw/swanctl.conf" <<C
connections {
  ike1 {
    version = 1
    local_addrs = ${address[$1]}
    remote_addrs = $2
    proposals = aes128-sha1-modp1024
    encap = yes
    local {
      auth = psk
    }
    remote {
      auth = psk
    }
    children {
      net {
        mode = tunnel
        local_ts = $3
        remote_ts = $4
        esp_proposals = aes128-sha1
      }
    }
  }
}
secrets {
  ike-any {
    secret = "lab-psk-not-secret"
  }
}
C
}

control() { # name command...
  local d=$out/$1
  shift
  SWANCTL_DIR=$d/sw STRONGSWAN_CONF=$d/strongswan.conf swanctl "$1" --uri "unix://$d/vici" "${@:2}"
}

start() { # name [preload]
  local d=$out/$1
  rm -f "$d/vici"
  # Each has a /run of its own: the daemon writes its process id there under a fixed name.
  STRONGSWAN_CONF=$d/strongswan.conf nsenter -t "${holder[$1]}" -n unshare -m sh -c \
    "mount --bind $d/run /run && ${2:+LD_PRELOAD=$2} exec /usr/lib/ipsec/charon" >"$d/stderr" 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do [ -S "$d/vici" ] && break; sleep 0.1; done
  sleep 0.2
  control "$1" --load-all --noprompt >"$d/load.log" 2>&1 || { cat "$d/load.log" >&2; exit 1; }
}

configure asa %any 10.0.0.1/32 10.1.0.0/16
configure c1 192.0.2.1 10.1.1.1/32 10.0.0.1/32
configure c2 192.0.2.1 10.1.2.1/32 10.0.0.1/32
start asa
start c1 "$shim"
start c2 "$shim"
echo "responder ${holder[asa]}"

while read -r command name; do
  case $command in
    connect) control "$name" --initiate --child net --timeout 10 ;;
    rekey) control "$name" --rekey --child net ;;
    disconnect) control "$name" --terminate --ike ike1 ;;
  esac >>"$out/control.log" 2>&1
  echo "done"
done
