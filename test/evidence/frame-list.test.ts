import { expect, it } from "vitest";
import { FrameList } from "../../src/evidence/frame-list.ts";

function listOf(frames: readonly number[]): FrameList {
  const list = new FrameList();
  for (const frame of frames) list.add(frame);
  list.sort();
  return list;
}

it("a list of frames gives each once, in order, and beyond its first room", () => {
  const frames = Array.from({ length: 3000 }, (_, i) => 1 + ((i * 7) % 3000));
  const list = listOf([...frames, ...frames.slice(0, 100)]);
  expect(list.size).toBe(3000);
  for (let frame = 1; frame <= 3000; frame += 1) {
    expect(list.next).toBe(frame);
    list.pass();
  }
  expect(list.next).toBe(Number.POSITIVE_INFINITY);
});

it("a list of frames gives the next one at or behind a frame", () => {
  const list = listOf([5, 3, 9]);
  expect([1, 3, 4, 5, 6, 9, 10].map((frame) => list.from(frame))).toEqual([
    3,
    3,
    5,
    5,
    9,
    9,
    Number.POSITIVE_INFINITY,
  ]);
});
