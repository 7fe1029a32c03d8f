import { describe, expect, it } from "vitest";
import { partitionOf } from "../../src/analysis/partition.ts";
import { othersOf, type ScopeOptions, scopeOf } from "../../src/analysis/scope.ts";
import { Tracker } from "../../src/ike/tracker.ts";
import { parseAddress } from "../../src/wire/address.ts";

const [A, B, C, D, E] = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "198.51.100.4", "198.51.100.5"];
const SIX = "2001:db8::1";

/** Questions about addresses by their text. */
function asked(options: ScopeOptions) {
  const { hosts } = new Tracker({});
  const host = (text: string) => {
    const bytes = parseAddress(text)!;
    return hosts.intern(bytes, 0, bytes.length === 4 ? 4 : 6);
  };
  const scope = scopeOf(options, hosts);
  const others = othersOf(scope);
  return {
    scope,
    isNamed: (text: string) => scope.isNamedResponder(host(text)),
    inScope: (text: string) => scope.inScope(host(text)),
    gatewayOf: (text: string) => hosts.text(scope.responderOf(host(text))),
    aliasesOf: (text: string) => scope.aliasesOf(host(text)),
    named: (text: string) =>
      scope.named.filter(({ includes }) => includes(host(text))).map(({ text: by }) => by),
    isOthers: others === null ? null : (text: string) => others(host(text)),
  };
}

describe("the gateways that a user named", () => {
  it("are all, where none was named, and nobody else judges any", () => {
    const { inScope, isNamed, isOthers, scope } = asked({});
    expect([inScope(A), isNamed(A), isOthers, scope.partition]).toEqual([true, false, null, null]);
  });

  it("are those of an address or a prefix alone", () => {
    const { inScope, isNamed, named } = asked({ responders: [A, "198.51.100.0/24"] });
    expect([A, B, D].map(inScope)).toEqual([true, false, true]);
    expect([A, B, D].map(isNamed)).toEqual([true, false, true]);
    expect([A, B, D].map(named)).toEqual([[A], [], ["198.51.100.0/24"]]);
  });

  it.each([
    [{ responders: ["gateway.example"] }, "not an address or prefix: gateway.example"],
    [{ aliases: [["192.0.2.1", "gateway.example"]] as const }, "not an address: gateway.example"],
    [{ aliases: [["192.0.2.0/24", "192.0.2.1"]] as const }, "not an address: 192.0.2.0/24"],
  ])("are addresses: %j is refused", (options, message) => {
    expect(() => asked(options)).toThrow(new RangeError(message));
  });

  it("are on ports 500 and 4500, and those that were added", () => {
    const { isIkePort } = asked({ ports: [5500] }).scope;
    expect([500, 4500, 5500, 501].map(isIkePort)).toEqual([true, true, true, false]);
    expect(asked({}).scope.isIkePort(5500)).toBe(false);
  });
});

describe("addresses of one gateway", () => {
  it.each<[string, [string, string][], Record<string, string>]>([
    ["the first one names it", [[B, A]], { [A]: B, [B]: B, [C]: C }],
    [
      "a further one joins",
      [
        [A, B],
        [A, C],
      ],
      { [A]: A, [B]: A, [C]: A },
    ],
    [
      "so does one that is said to be a further one",
      [
        [A, B],
        [B, C],
      ],
      { [A]: A, [B]: A, [C]: A },
    ],
    [
      "two gateways become one, by the name of the first",
      [
        [A, B],
        [C, D],
        [B, D],
      ],
      { [A]: A, [B]: A, [C]: A, [D]: A },
    ],
    [
      "with all that they had",
      [
        [A, B],
        [C, D],
        [C, E],
        [B, D],
      ],
      { [A]: A, [B]: A, [C]: A, [D]: A, [E]: A },
    ],
    ["by IPv6 as well, and of both kinds", [[SIX, A]], { [SIX]: SIX, [A]: SIX }],
    [
      "what was said twice is said once",
      [
        [A, B],
        [B, A],
      ],
      { [A]: A, [B]: A },
    ],
  ])("%s", (_, aliases, gateways) => {
    const { gatewayOf, aliasesOf, named } = asked({ aliases });
    const addresses = Object.keys(gateways);
    expect(Object.fromEntries(addresses.map((each) => [each, gatewayOf(each)]))).toEqual(gateways);
    for (const gateway of addresses) {
      const others = addresses.filter((each) => each !== gateway && gateways[each] === gateway);
      expect(aliasesOf(gateway).sort()).toEqual(others.sort());
    }
    const said = new Set(aliases.flat());
    expect(addresses.filter((each) => named(each).length > 0)).toEqual(
      addresses.filter((each) => said.has(each)),
    );
  });
});

describe("a share of the gateways", () => {
  const shareOf = (address: string) => partitionOf(address, 2);
  // FNV-1a tells these two apart; the lot of each is as a router computes it.
  const mine = A;
  const theirs = [B, C, D].find((each) => shareOf(each) !== shareOf(mine))!;
  const partition = { index: shareOf(mine), count: 2 };

  it("is judged here, and the others' are others'", () => {
    const { inScope, isOthers, scope } = asked({ partition });
    expect(scope.partition).toEqual(partition);
    expect([inScope(mine), inScope(theirs)]).toEqual([true, false]);
    expect([isOthers!(mine), isOthers!(theirs)]).toEqual([false, true]);
  });

  it("goes by the address that names the gateway", () => {
    const { inScope, isOthers } = asked({ partition, aliases: [[mine, theirs]] });
    expect([inScope(theirs), isOthers!(theirs)]).toEqual([true, false]);
  });

  it("is of the gateways that were named", () => {
    const { inScope, isOthers } = asked({ partition, responders: [theirs] });
    expect([inScope(mine), inScope(theirs)]).toEqual([false, false]);
    expect(isOthers!(mine)).toBe(true);
  });

  it("has all addresses of a gateway of which one was named", () => {
    const { isOthers } = asked({ partition, responders: [mine], aliases: [[mine, theirs]] });
    expect([isOthers!(mine), isOthers!(theirs)]).toEqual([false, false]);
  });
});
