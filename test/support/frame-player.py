"""Sends frames into an interface at their times: [[seconds, hex], ...] on standard input."""
import json, socket, sys, time

sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind((sys.argv[1], 0))
begin = time.monotonic()
for at, frame in json.load(sys.stdin):
    wait = begin + at - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    sender.send(bytes.fromhex(frame))
