import { expect, it } from "vitest";
import { runsPlugins } from "../../../infra/cli/plugin-arguments.ts";

it.each([
  [["web", "./chart", "-f", "values.yaml", "--set", "a=b"], false],
  [["oci://example.com/charts/web", "-f", "https://example.com/v.yaml,HTTP://example.com/w.yaml"], false],
  [["web", "./chart", "--post-renderer", "labels"], true],
  [["web", "./chart", "--post-renderers=labels,patches"], true],
  [["web", "./chart", "--functions=slugs"], true],
  [["web", "./chart", "--policy=baseline"], true],
  [["web", "s3://bucket/web.tgz"], true],
  [["web", "./chart", "--values=https://example.com/v.yaml,s3://bucket/v.yaml"], true],
  [["web", "chart", "--repo", "s3://bucket"], true],
])("knows of %j whether plugins may run: %j", (argv, runs) => {
  expect(runsPlugins(argv)).toBe(runs);
});
