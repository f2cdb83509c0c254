import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../../engine/oci/digest.ts";
import { chartToOci } from "../../../registry/projects/chart-to-oci.ts";
import { packChart } from "../../support/registry.ts";

const read = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, "../../data/oci", name)));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("a chart as an OCI artifact", () => {
  it("is byte for byte what helm push makes of archive and provenance", async () => {
    const chart = await chartToOci(read("rich.tgz"), read("rich.tgz.prov"));
    expect(text(chart.config.bytes)).toBe(text(read("rich-config.json")));
    expect(text(chart.manifest)).toBe(text(read("rich-manifest.json")));
    expect(chart.digest).toBe("sha256:84efd79c7258ab0988973eb593a925969d7c60c9400d20d1ff4515b8322a14a5");
  });

  it("has frozen digests: they are in the records of clusters", async () => {
    const archive = await packChart({ name: "frozen", version: "1.0.0" });
    expect((await chartToOci(read("rich.tgz"), undefined)).digest).toBe(
      "sha256:d51df09c8e3c65549c7fe4fdf8d2673d742a6b67a709232f1e93f9783f8d59ca",
    );
    const config = (await chartToOci(archive, undefined)).config;
    expect(text(config.bytes)).toBe('{"name":"frozen","version":"1.0.0","apiVersion":"v2"}');
  });

  it("keeps the archive's bytes as its layer and is the same each time", async () => {
    const archive = await packChart({ name: "web", version: "1.0.0" });
    const [one, two] = await Promise.all([chartToOci(archive, undefined), chartToOci(archive, undefined)]);
    expect(one.digest).toBe(two.digest);
    expect(one.archive).toEqual({ digest: await digestOf(archive), bytes: archive });
    expect(one.provenance).toBeUndefined();
  });

  it("is refused for what is no chart", async () => {
    await expect(chartToOci(new TextEncoder().encode("<html>"), undefined)).rejects.toMatchObject({
      name: "ChartError",
    });
  });
});
