#!/bin/bash
# Two clients behind one NAT that ask a real gateway for the same traffic in transport mode, and count their message IDs:
#   clash-lab.sh OUTDIR NULL_KERNEL SEQUENTIAL_IDS
# The gateway (strongSwan) gives each client a reqid of its own, as a site does that marks their traffic; its kernel back
# end then refuses the second one's policies, for the first one's are the same. Security associations alone are made up.
# Captures at the gateway into OUTDIR/clash.pcap; its log in OUTDIR/asa/charon.log has the keys. Takes some seconds.
set -eu
out=$1 shim=$2 counting=$3 pids=()
mkdir -p "$out"

cleanup() {
  for pid in "${pids[@]:-}"; do [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]:-}"; do [ -n "$pid" ] && wait "$pid" 2>/dev/null || true; done
}
trap cleanup EXIT

declare -A holder address=([asa]=192.0.2.1 [c1]=10.9.0.11 [c2]=10.9.0.12)
for name in asa nat c1 c2; do
  unshare -n sleep 600 &
  holder[$name]=$!
  pids+=($!)
done
sleep 0.3
inside() { local name=$1; shift; nsenter -t "${holder[$name]}" -n "$@"; }
for name in asa nat c1 c2; do inside $name ip link set lo up; done
inside nat ip link add out type veth peer name eth0 netns "${holder[asa]}"
inside nat ip link set out up
inside nat ip addr add 192.0.2.50/24 dev out
inside asa ip link set eth0 up
inside asa ip addr add 192.0.2.1/24 dev eth0
inside nat ip link add br0 type bridge forward_delay 0
inside nat ip link set br0 up
inside nat ip addr add 10.9.0.1/24 dev br0
for name in c1 c2; do
  inside nat ip link add "v$name" type veth peer name eth0 netns "${holder[$name]}"
  inside nat ip link set "v$name" master br0 up
  inside $name ip link set eth0 up
  inside $name ip addr add "${address[$name]}/24" dev eth0
  inside $name ip route add default via 10.9.0.1
done
inside nat sysctl -qw net.ipv4.ip_forward=1
inside nat nft add table ip nat
inside nat nft 'add chain ip nat post { type nat hook postrouting priority 100; }'
inside nat nft add rule ip nat post oifname out masquerade

connection() { # name, id of itself, id of the other, local address, remote address, reqid
  cat <<C
  $1 {
    version = 1
    proposals = aes128-sha1-modp1024
    local_addrs = $4
    remote_addrs = $5
    local {
      auth = psk
      id = $2
    }
    remote {
      auth = psk
      id = $3
    }
    children {
      net {
        mode = transport
        local_ts = dynamic[udp/1701]
        remote_ts = dynamic[udp/1701]
        esp_proposals = aes128-sha1
        reqid = $6
      }
    }
  }
C
}

configure() { # name
  local d=$out/$1
  mkdir -p "$d"/run "$d"/sw/{x509,x509ca,x509ocsp,x509aa,x509ac,x509crl,pubkey,private,rsa,ecdsa,bliss,pkcs8,pkcs12}
  cat >"$d/strongswan.conf" <<C
charon {
  load_modular = no
  load = nonce openssl pem pkcs1 x509 pubkey hmac kdf kernel-netlink socket-default vici updown
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
    if [ "$1" = asa ]; then
      connection from-c1 gateway c1 192.0.2.1 %any 11
      connection from-c2 gateway c2 192.0.2.1 %any 12
    else
      connection ike1 "$1" gateway "${address[$1]}" 192.0.2.1 0
    fi
    echo "}"
    echo 'secrets { ike-any { secret = "lab-psk-not-secret" } }'
  } >"$d/sw/swanctl.conf"
}

control() { # name command...
  local d=$out/$1
  shift
  SWANCTL_DIR=$d/sw STRONGSWAN_CONF=$d/strongswan.conf swanctl "$1" --uri "unix://$d/vici" "${@:2}"
}

start() { # name preload kernel
  local d=$out/$1
  # Each has a /run of its own: the daemon writes its process id there under a fixed name.
  STRONGSWAN_CONF=$d/strongswan.conf nsenter -t "${holder[$1]}" -n unshare -m sh -c \
    "mount --bind $d/run /run && ${3:+NULL_KERNEL=$3} LD_PRELOAD=$2 exec /usr/lib/ipsec/charon" >"$d/stderr" 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do [ -S "$d/vici" ] && break; sleep 0.1; done
  sleep 0.2
  control "$1" --load-all --noprompt >"$d/load.log" 2>&1 || { cat "$d/load.log" >&2; exit 1; }
}

for name in asa c1 c2; do configure $name; done
start asa "$shim" sas
start c1 "$shim:$counting" ""
start c2 "$shim:$counting" ""
nsenter -t "${holder[asa]}" -n tcpdump -i eth0 -U --immediate-mode -w "$out/clash.pcap" 'udp port 500 or 4500' 2>"$out/tcpdump.log" &
tcpdump=$!
pids+=($tcpdump)
for _ in $(seq 50); do grep -q listening "$out/tcpdump.log" && break; sleep 0.1; done
{
  control c1 --initiate --child net --timeout 10 || true
  sleep 2
  control c2 --initiate --child net --timeout 10 || true
  sleep 1
  control c2 --terminate --ike ike1 || true
  sleep 6
  control c1 --terminate --ike ike1 || true
} >"$out/control.log" 2>&1
sleep 0.3
kill -TERM "$tcpdump"
wait "$tcpdump" || true
