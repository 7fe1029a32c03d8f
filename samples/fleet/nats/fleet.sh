#!/bin/sh
# A NATS server and the analysers of a fleet, each started again when it dies:  fleet.sh FOLDER SHARES [PORT]
# What must survive, the streams and the states, is in FOLDER; so are the process IDs (NAME.pid).
# IKE_DUPCHECK names the program where it is not on the PATH.
set -eu
folder=$1
shares=$2
port=${3:-4222}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"

keep() {
  name=$1
  shift
  while :; do
    "$@" &
    echo $! >"$folder/$name.pid"
    wait $! || echo "$name ended with status $?: starting it again" >&2
    sleep 1
  done
}

trap 'trap - TERM; kill 0' INT TERM EXIT
keep server nats-server --jetstream --store_dir "$folder/streams" --addr 127.0.0.1 --port "$port" \
  --log "$folder/server.log" &
for share in $(seq "$shares"); do
  keep "analyser-$share" node "$here/analyse.mjs" "$share" "$shares" "$folder" "127.0.0.1:$port" &
done
wait
