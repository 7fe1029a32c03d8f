"""Sends frames into interfaces at their times: [[seconds, device, hex], ...] on standard input."""
import json, socket, sys, time

rows = json.load(sys.stdin)
senders = {}
for _, device, _ in rows:
    if device not in senders:
        senders[device] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        senders[device].bind((device, 0))
begin = time.monotonic()
for at, device, frame in rows:
    wait = begin + at - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    senders[device].send(bytes.fromhex(frame))
