import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../functions/config/parse.ts";
import { resolveSecrets } from "../../../functions/config/secret.ts";
import { NO_EGRESS } from "../../support/registry.ts";
import { projectsOf } from "../../../infra/compose/projects.ts";

async function projects(rule: object): Promise<ReturnType<typeof projectsOf>> {
  const config = parseConfig(
    JSON.stringify({ projects: [{ kind: "hosted", name: "charts", quota: "1Ki", retention: [rule] }] }),
  );
  return projectsOf(config, await resolveSecrets(config, () => undefined), { egress: NO_EGRESS, now: () => 0 });
}

describe("the projects of a configuration", () => {
  it("carry quotas in bytes and ages in milliseconds", async () => {
    expect(await projects({ tags: "1.*", keepLast: 2, keepNewer: "1.5h" })).toEqual([
      {
        kind: "hosted",
        name: "charts",
        immutableTags: false,
        sparseImages: false,
        quota: 1024,
        retention: [{ tags: "1.*", keepLast: 2, keepNewer: 5_400_000 }],
      },
    ]);
  });

  it("are refused with an age that would keep nothing", async () => {
    await expect(projects({ keepNewer: "0s" })).rejects.toThrow(
      "project charts: retention keepNewer 0s must be longer than nothing",
    );
  });
});

async function proxied(project: object, upstream: object = {}): Promise<ReturnType<typeof projectsOf>[number]> {
  const config = parseConfig(
    JSON.stringify({
      upstreams: [{ name: "hub", kind: "oci", url: "https://hub.test/team", ...upstream }],
      projects: [{ kind: "proxy", name: "up", upstream: "hub", ...project }],
    }),
  );
  const [found] = projectsOf(config, await resolveSecrets(config, () => undefined), {
    egress: NO_EGRESS,
    now: () => 0,
  });
  if (found === undefined) throw new Error("no project");
  return found;
}

describe("a proxy of a configuration", () => {
  it("carries how its upstream is asked", async () => {
    const written = {
      freshness: "5m",
      staleIfError: "240h",
      negative: "10s",
      deadline: "3s",
      concurrency: 4,
      rate: { requests: 100, per: "6h" },
      hosts: ["cdn.internal"],
      tokenRealms: ["auth.hub.test"],
    };
    expect(await proxied({}, written)).toMatchObject({
      upstream: {
        prefix: "team/",
        policy: { hosts: ["hub.test", "cdn.internal"] },
        freshness: { ttl: 300_000, staleIfError: 864_000_000, negativeTtl: 10_000, deadline: 3000 },
        concurrency: 4,
        rate: { requests: 100, per: 21_600_000 },
        tokenRealms: ["auth.hub.test"],
      },
    });
  });

  it("carries what may be pulled", async () => {
    const written = {
      allow: [{ charts: "web-*", versions: "^1.2" }, { charts: "db" }],
      cooldown: "72h",
      agedFrom: "first-seen",
    };
    expect(await proxied(written)).toMatchObject({
      policy: { allow: [{ charts: "web-*" }, { charts: "db" }], cooldown: 259_200_000, agedFrom: "first-seen" },
    });
    expect(await proxied({})).not.toHaveProperty("policy");
    expect(await proxied({ prefetch: [{ charts: "web" }, { charts: "db-*", newest: 3 }] })).toMatchObject({
      prefetch: [
        { charts: "web", newest: 1 },
        { charts: "db-*", newest: 3 },
      ],
    });
  });

  it.each([
    [{ allow: [{ charts: "web", versions: "not one" }] }, {}, "/projects/0/allow/0/versions"],
    [{ cooldown: "0s" }, {}, "project up: cooldown 0s must be longer than nothing"],
    [{}, { deadline: "0s" }, "upstream hub: deadline 0s must be longer than nothing"],
    [{}, { rate: { requests: 0, per: "1h" } }, "/upstreams/0/rate/requests"],
  ])("is refused with %j %j", async (project, upstream, message) => {
    await expect(proxied(project, upstream)).rejects.toThrow(message);
  });
});
