/** Tests that have a network namespace each, with the interfaces a0 and a1, so that they can wait side by side. */

import { test } from "vitest";
import { Namespace } from "./namespace.ts";

/** @param unshare `rootNamespaces` or `userNamespaces`; where it is null the tests have to be left out */
export function testInNamespace(unshare: readonly string[] | null) {
  return test.extend<{ namespace: Namespace }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
    namespace: async ({}, use) => {
      const namespace = await Namespace.make(unshare!);
      namespace.veth("a");
      await use(namespace);
      namespace.end();
    },
  });
}
