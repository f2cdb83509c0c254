import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../functions/config/parse.ts";
import { resolveSecrets } from "../../../functions/config/secret.ts";
import { projectsOf } from "../../../infra/compose/projects.ts";

async function projects(rule: object): Promise<ReturnType<typeof projectsOf>> {
  const config = parseConfig(
    JSON.stringify({ projects: [{ kind: "hosted", name: "charts", quota: "1Ki", retention: [rule] }] }),
  );
  return projectsOf(config, await resolveSecrets(config, () => undefined));
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
