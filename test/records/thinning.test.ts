import { describe, expect, it } from "vitest";
import { type Sign, Thinner } from "../../src/records/thinning.ts";

const SECOND = 1_000_000;
const [ESP, KEEPALIVE] = [1, 2];
const SIGN: Sign = {
  kind: ESP,
  from: 10,
  to: 20,
  at: 0,
  micros: 0,
  nanos: 0,
  segment: 0,
  source: 0,
  interface: 0,
  spi: 1,
  sequence: 0,
};

/** What is written of packets at these seconds, each as its second; `act` comes in between. */
function thinned(
  act: (see: (second: number, more?: Partial<Sign>) => void, thinner: Thinner) => void,
  maxRows?: number,
) {
  const written: string[] = [];
  const thinner = new Thinner(
    ({ at, spi, kind }) =>
      written.push(`${at / SECOND}${kind === ESP ? "" : " keepalive"}${spi < 2 ? "" : ` SPI ${spi}`}`),
    maxRows,
  );
  const see = (second: number, more: Partial<Sign> = {}) =>
    thinner.see({ ...SIGN, at: second * SECOND, ...more });
  act(see, thinner);
  return written;
}

describe("of signs of life of one flow are written", () => {
  it.each<[string, number[], string[]]>([
    ["the first of ten seconds, and the last when they are over", [0, 1, 2, 3], ["0", "3"]],
    ["one that is first and last once", [0], ["0"]],
    [
      "the last one before a window ends, and the first behind it",
      [0, 9.9, 10, 11],
      ["0", "9.9", "10", "11"],
    ],
    ["windows that begin with a packet, not with the clock", [5, 14.9, 15], ["5", "14.9", "15"]],
  ])("%s", (_, seconds, wanted) => {
    const written = thinned((see, thinner) => {
      for (const second of seconds) see(second);
      thinner.flush();
    });
    expect(written).toEqual(wanted);
  });

  it("those of each SPI, kind, direction and source for itself", () => {
    const written = thinned((see, thinner) => {
      for (const second of [0, 1]) {
        see(second);
        see(second, { spi: 2 });
        see(second, { kind: KEEPALIVE });
        see(second, { from: 20, to: 10 });
        see(second, { source: 1 });
      }
      thinner.flush();
    });
    expect(written).toHaveLength(10);
    expect(written.slice(0, 3)).toEqual(["0", "0 SPI 2", "0 keepalive"]);
  });

  it("the last one as it was, though what told of it is used again", () => {
    const written: Sign[] = [];
    const thinner = new Thinner((sign) => written.push({ ...sign }));
    const sign = { ...SIGN, sequence: 1 };
    thinner.see(sign);
    Object.assign(sign, { at: SECOND, sequence: 2 });
    thinner.see(sign);
    Object.assign(sign, { at: 99 * SECOND, sequence: 99 });
    thinner.flush();
    expect(written.map(({ at, sequence }) => [at, sequence])).toEqual([
      [0, 1],
      [SECOND, 2],
    ]);
  });

  it("the last of a window when time goes on without it", () => {
    const written = thinned((see, thinner) => {
      see(0);
      see(1);
      thinner.expire(9.999_999 * SECOND);
      see(2, { spi: 9 });
      thinner.expire(10 * SECOND);
    });
    expect(written).toEqual(["0", "2 SPI 9", "1"]);
  });

  it("the next one behind a message of their endpoints, in any window, and no other flow's", () => {
    const written = thinned((see, thinner) => {
      see(0);
      see(0, { spi: 2 });
      see(0, { to: 30, spi: 3 });
      see(1);
      thinner.interrupt(ESP, 10, 20, 0);
      for (const spi of [1, 2]) see(2, { spi });
      see(2, { to: 30, spi: 3 });
      thinner.interrupt(ESP, 10, 20, 1);
      thinner.interrupt(KEEPALIVE, 10, 20, 0);
      see(3);
    });
    expect(written).toEqual(["0", "0 SPI 2", "0 SPI 3", "1", "2", "2 SPI 2"]);
  });

  it("more where there are more flows than are kept, and none is lost", () => {
    const written = thinned((see, thinner) => {
      see(0, { spi: 2 });
      see(1, { spi: 2 });
      see(1, { spi: 3 });
      see(2, { spi: 4 });
      see(3, { spi: 2 });
      thinner.flush();
    }, 2);
    expect(written).toEqual(["0 SPI 2", "1 SPI 3", "2 SPI 4", "1 SPI 2", "3 SPI 2"]);
  });
});
