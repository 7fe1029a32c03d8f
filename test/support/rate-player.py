"""Sends one frame again and again: rate-player.py DEVICE COUNT RATE; prints the rate that it reached."""
import json, socket, sys, time

device, count, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
frame = bytes.fromhex(json.load(sys.stdin)[0])
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind((device, 0))
begin = time.monotonic()
for i in range(count):
    while time.monotonic() < begin + i / rate:
        pass
    sender.send(frame)
print(round(count / (time.monotonic() - begin)))
