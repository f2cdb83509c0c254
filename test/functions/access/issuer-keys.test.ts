import { exportJWK, generateKeyPair, type JWK } from "jose";
import { describe, expect, it } from "vitest";
import { createIssuerKeys, type IssuerKeys, type KeyPlace } from "../../../functions/access/issuer-keys.ts";
import { ProblemError } from "../../../functions/http/problem.ts";
import { type Answer, fakeEgress, type FakeEgress } from "../../support/upstream.ts";

const ISSUER = "https://ci.test";
const PLACE: KeyPlace = { name: "ci", issuer: ISSUER, plainHttp: false, privateAddresses: false };
const DISCOVERY = "GET /.well-known/openid-configuration";
const BOTH = [DISCOVERY, "GET /keys"];

interface World {
  readonly keys: IssuerKeys;
  readonly egress: FakeEgress;
  readonly clock: { now: number };
  fault: Answer | undefined;
}

async function openWorld({ together = true } = {}): Promise<World> {
  const jwk: JWK = { ...(await exportJWK((await generateKeyPair("ES256")).publicKey)), kid: "a" };
  const egress = fakeEgress(async (request) => {
    if (world.fault !== undefined) return await world.fault(request);
    if (request.url.endsWith("/keys")) return Response.json({ keys: [jwk] });
    return Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` });
  });
  const clock = { now: 1_000_000 };
  const keys = createIssuerKeys({
    egress,
    together,
    clock: { now: () => clock.now, sleep: async () => undefined },
  });
  const world: World = { keys, egress, clock, fault: undefined };
  return world;
}

/** `keys`, or what the refusal says. */
async function outcome(keys: IssuerKeys, unknownKid = false): Promise<string> {
  try {
    await keys.keysOf(PLACE, unknownKid);
    return "keys";
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return `${error.code}, ${error.options.headers?.["retry-after"]} s: ${error.message}`;
  }
}

const REFUSED = "upstream-unavailable, 5 s: the keys of issuer ci cannot be read: ";
const json = (value: object) => () => Response.json(value);

describe("keys of an issuer", () => {
  it("are fetched once for all who come at the same time", async () => {
    const { keys, egress } = await openWorld();
    expect(new Set(await Promise.all(Array.from({ length: 50 }, async () => await outcome(keys))))).toEqual(
      new Set(["keys"]),
    );
    expect(egress.take()).toEqual(BOTH);
  });

  it("are fetched by each one where requests may not wait for one another", async () => {
    const { keys, egress } = await openWorld({ together: false });
    await Promise.all([outcome(keys), outcome(keys)]);
    expect(egress.take()).toHaveLength(4);
  });

  it.each<[string, Answer, string]>([
    ["does not answer", () => undefined, "no answer"],
    [
      "answers too late",
      () => {
        throw new DOMException("late", "TimeoutError");
      },
      "it does not answer in time",
    ],
    [
      "answers 503",
      () => new Response("", { status: 503 }),
      `issuer ci: ${ISSUER}/.well-known/openid-configuration answered 503`,
    ],
    ["answers a page", () => new Response("<html>"), "issuer ci: its discovery document names another issuer"],
    ["answers without end", () => new Response(new Uint8Array(300_000)), "the upstream's answer is too large"],
    [
      "speaks for another",
      json({ issuer: "https://evil.test", jwks_uri: `${ISSUER}/keys` }),
      "issuer ci: its discovery document names another issuer",
    ],
    ["names no keys", json({ issuer: ISSUER }), "issuer ci: its discovery document has no jwks_uri"],
    [
      "has its keys elsewhere",
      json({ issuer: ISSUER, jwks_uri: "https://evil.test/keys" }),
      "issuer ci: its keys are on evil.test; name that address as jwksUri",
    ],
    [
      "has no list of keys",
      json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys`, keys: "none" }),
      "issuer ci: its key set has no list of keys",
    ],
    [
      "has too many keys",
      json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys`, keys: Array.from({ length: 101 }, () => ({})) }),
      "issuer ci: its key set has no list of keys",
    ],
  ])("that %s are not asked for again at every request", async (_, fault, reason) => {
    const world = await openWorld();
    const { keys, egress, clock } = world;
    world.fault = fault;
    const all = await Promise.all(Array.from({ length: 20 }, async () => await outcome(keys)));
    expect(new Set(all)).toEqual(new Set([REFUSED + reason]));
    const asked = egress.take().length;
    expect(asked).toBeLessThanOrEqual(2);
    clock.now += 4_999;
    expect(await outcome(keys)).toBe(REFUSED + reason);
    expect(await outcome(keys, true)).toBe(REFUSED + reason);
    expect(egress.take()).toEqual([]);
    world.fault = undefined;
    clock.now += 1;
    expect(await outcome(keys)).toBe("keys");
    expect(egress.take()).toEqual(BOTH);
  });

  it("are believed for an hour when the issuer is gone, and not a moment longer", async () => {
    const world = await openWorld();
    const { keys, egress, clock } = world;
    expect(await outcome(keys)).toBe("keys");
    world.fault = () => undefined;
    clock.now += 601_000;
    egress.take();
    const many = await Promise.all(Array.from({ length: 20 }, async () => await outcome(keys)));
    expect([new Set(many), egress.take()]).toEqual([new Set(["keys"]), [DISCOVERY]]);
    clock.now += 29_000;
    expect([await outcome(keys), egress.take()]).toEqual(["keys", []]);
    clock.now = 1_000_000 + 3_599_999;
    expect(await outcome(keys)).toBe("keys");
    clock.now += 1;
    expect(await outcome(keys)).toBe(`${REFUSED}no answer`);
  });

  it("are asked for again for an unknown key, every thirty seconds at most", async () => {
    const { keys, egress, clock } = await openWorld();
    await outcome(keys);
    egress.take();
    expect([await outcome(keys, true), egress.take()]).toEqual(["keys", []]);
    clock.now += 30_000;
    expect([await outcome(keys, true), egress.take()]).toEqual(["keys", BOTH]);
  });
});
