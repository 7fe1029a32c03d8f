"""Sends datagrams from real sockets at their times: [[seconds, from, to, hex], ...], addresses as [host, port]."""
import json, socket, sys, time

rows = json.load(sys.stdin)
sockets = {}
for _, source, target, _ in rows:
    # Every end is bound before anything is sent: an unbound one would answer by an ICMP error.
    for end in (tuple(source), tuple(target)):
        if end not in sockets:
            sockets[end] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sockets[end].bind(end)
begin = time.monotonic()
for at, source, target, payload in rows:
    wait = begin + at - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    sockets[tuple(source)].sendto(bytes.fromhex(payload), tuple(target))
