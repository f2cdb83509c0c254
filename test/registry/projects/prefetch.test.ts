import { describe, expect, it } from "vitest";
import { parseConstraint } from "../../../engine/semver/index.ts";
import type { PrefetchRule } from "../../../registry/projects/prefetch.ts";
import type { ProxyProject } from "../../../registry/projects/project.ts";
import type { PullPolicy } from "../../../registry/projects/pull-policy.ts";
import type { Upstream } from "../../../registry/upstream/upstream.ts";
import { openRegistry, packChart } from "../../support/registry.ts";
import {
  type Answer,
  answerFiles,
  answerFrom,
  classicUpstream,
  fakeEgress,
  ociUpstream,
} from "../../support/upstream.ts";

interface Wish {
  readonly rules: readonly PrefetchRule[];
  readonly policy?: PullPolicy;
  readonly limit?: number;
}

async function run(upstream: Upstream, answer: Answer, { rules, policy, limit = 100 }: Wish) {
  const project: ProxyProject = {
    kind: "proxy",
    name: "up",
    upstream,
    prefetch: rules,
    ...(policy === undefined ? {} : { policy }),
  };
  const egress = fakeEgress(answer);
  const registry = openRegistry({ projects: [project], egress });
  return {
    registry,
    egress,
    report: await registry.prefetch(project, limit),
    again: async () => await registry.prefetch(project, limit),
  };
}

async function ociWorld(): Promise<Answer> {
  const origin = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
  for (const version of ["1.0.0", "1.1.0", "1.2.0-rc.1", "2.0.0"])
    await origin.pushChart("lib", { name: "web", version });
  return answerFrom(origin);
}

const oci = ociUpstream({ prefix: "lib/" });

describe("prefetching from a registry", () => {
  it("pulls the newest versions that fit, whole, and nothing twice", async () => {
    const rules = [{ charts: "web", versions: parseConstraint("^1"), newest: 2 }];
    const { registry, egress, report, again } = await run(oci, await ociWorld(), { rules });
    expect(report).toEqual({ pulled: 2, failed: [], done: true });
    egress.take();
    egress.down = true;
    for (const version of ["1.0.0", "1.1.0"]) {
      expect([version, (await registry.ask("GET", `/helm/up/web-${version}.tgz`)).status]).toEqual([version, 200]);
    }
    expect((await registry.ask("GET", "/v2/up/web/manifests/2.0.0")).status).toBe(503);
    egress.down = false;
    expect(await again()).toMatchObject({ pulled: 0 });
  });

  it("takes releases where no constraint is named, as many as the limit lets", async () => {
    const rules = [{ charts: "web", newest: 10 }];
    const { report, again } = await run(oci, await ociWorld(), { rules, limit: 2 });
    expect(report).toEqual({ pulled: 2, failed: [], done: false });
    expect(await again()).toEqual({ pulled: 1, failed: [], done: true });
  });

  it("tells what its policy refuses, and goes on", async () => {
    const rules = [
      { charts: "web", newest: 1 },
      { charts: "db", newest: 1 },
    ];
    const { report } = await run(oci, await ociWorld(), { rules, policy: { allow: [{ charts: "web" }] } });
    expect(report).toEqual({ pulled: 1, failed: [], done: true });
    const cooling = await run(oci, await ociWorld(), {
      rules: rules.slice(0, 1),
      policy: { cooldown: 1000, agedFrom: "first-seen" },
    });
    expect(cooling.report).toEqual({
      pulled: 0,
      failed: [{ chart: "web", version: "2.0.0", code: "DENIED" }],
      done: true,
    });
  });

  it("stops when the upstream wants to be left alone", async () => {
    const rules = [
      { charts: "web", newest: 1 },
      { charts: "db", newest: 1 },
    ];
    const { report, egress } = await run(
      oci,
      () => new Response("", { status: 429, headers: { "retry-after": "60" } }),
      { rules },
    );
    expect(report).toEqual({
      pulled: 0,
      failed: [{ chart: "web", version: "", code: "TOOMANYREQUESTS" }],
      done: false,
    });
    expect(egress.take()).toHaveLength(1);
  });
});

describe("prefetching from a chart repository", () => {
  it("pulls all charts of a pattern", async () => {
    const files: Record<string, string | Uint8Array> = {};
    let index = "apiVersion: v1\nentries:\n";
    for (const name of ["web-a", "web-b", "db"]) {
      files[`/repo/${name}.tgz`] = await packChart({ name, version: "1.0.0" });
      index += `  ${name}:\n  - name: ${name}\n    version: 1.0.0\n    urls: [${name}.tgz]\n`;
    }
    const rules = [{ charts: "web-*", newest: 1 }];
    const { report, egress } = await run(classicUpstream(), answerFiles({ ...files, "/repo/index.yaml": index }), {
      rules,
    });
    expect(report).toEqual({ pulled: 2, failed: [], done: true });
    expect(egress.take().filter((asked) => asked.endsWith(".tgz"))).toEqual([
      "GET /repo/web-a.tgz",
      "GET /repo/web-b.tgz",
    ]);
  });
});
