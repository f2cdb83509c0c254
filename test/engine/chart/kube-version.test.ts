import { expect, test } from "vitest";
import { defaultCapabilities, parseKubeVersion } from "../../../engine/chart/kube-version.ts";

/** `--kube-version` of the real helm: its version and normalised form, or its error. */
const VERSIONS: readonly (readonly [string, string])[] = [
  ["1.34.0", "v1.34.0 v1.34.0 1 34"],
  ["v1.33.4-gke.1245000", "v1.33.4-gke.1245000 v1.33.4 1 33"],
  ["1.20", "v1.20 v1.20 1 20"],
  ["1.020", "v1.020 v1.20 1 20"],
  ["1.2.3.4.5x", "v1.2.3.4.5x v1.2.3.4.5 1 2"],
  ["foo", "invalid kube version 'foo': could not parse \"foo\" as version"],
  ["1", "invalid kube version '1': illegal version string \"1\""],
  ["01.2", 'invalid kube version \'01.2\': illegal zero-prefixed version component "01" in "01.2"'],
  [
    "1.99999999999999999999999999",
    'invalid kube version \'1.99999999999999999999999999\': illegal non-numeric version component "99999999999999999999999999" in "1.99999999999999999999999999": strconv.ParseUint: parsing "99999999999999999999999999": value out of range',
  ],
];

test.each(VERSIONS)("version %j is %s", (text, wanted) => {
  let seen: string;
  try {
    const { version, normalized, major, minor } = parseKubeVersion(text);
    seen = `${version} ${normalized} ${major} ${minor}`;
  } catch (error) {
    seen = error instanceof Error ? error.message : String(error);
  }
  expect(seen).toBe(wanted);
});

test("without a cluster Helm knows 57 API versions and adds the caller's behind them", () => {
  const { apiVersions, kubeVersion } = defaultCapabilities({ apiVersions: ["a/v1"] });
  expect(apiVersions).toHaveLength(58);
  expect([apiVersions[0], apiVersions[56], apiVersions[57]]).toEqual(["v1", "apiextensions.k8s.io/v1", "a/v1"]);
  expect(kubeVersion.version).toBe("v1.37.0");
});
