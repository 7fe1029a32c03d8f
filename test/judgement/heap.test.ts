import fc from "fast-check";
import { expect, it } from "vitest";
import { Heap } from "../../src/collections/heap.ts";

it("gives items back in order, whatever the order of pushes and pops", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer())), (steps) => {
      const heap = new Heap<number>((a, b) => a < b);
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) {
          expect(heap.top).toBe(model[0]);
          expect(heap.pop()).toBe(model.shift());
        } else {
          heap.push(step);
          model.push(step);
          model.sort((a, b) => a - b);
        }
      }
      while (model.length > 0) expect(heap.pop()).toBe(model.shift());
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
