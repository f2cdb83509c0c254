import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { PASSWORD, PRIVATE_KEY, PUBLIC_KEY } from "../../engine/attestation/cosign-table.ts";
import { runTool } from "../../support/run-tool.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-attaching-"));
const ARCHIVE = "web-1.0.0.tgz";

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, "web/templates"), { recursive: true });
  writeFileSync(join(root, "web/Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
  writeFileSync(join(root, "web/templates/x.yaml"), '{{ if .Values.fail }}{{ fail "no" }}{{ end }}\n');
  writeFileSync(join(root, "cosign.key"), PRIVATE_KEY);
  writeFileSync(join(root, "cosign.pub"), PUBLIC_KEY);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = async (argv: readonly string[], password = PASSWORD) =>
  await runTool(argv, { cwd: root, env: { COSIGN_PASSWORD: password, SOURCE_DATE_EPOCH: "1767225600" } });

describe("package", () => {
  it("writes beside the archive what the flags want, the same each time", async () => {
    const pack = ["package", "web", "--cosign-key", "cosign.key", "--sbom", "--slsa-provenance"];
    const made = async (): Promise<Readonly<Record<string, string>>> => {
      expect((await run(pack)).stderr).toBe("");
      const names = readdirSync(root).filter((name) => name.startsWith(ARCHIVE));
      return Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), "base64")]));
    };
    const first = await made();
    const suffixes = ["", ".provenance.sigstore.json", ".sigstore.json", ".spdx.json", ".spdx.sigstore.json"];
    expect(Object.keys(first).toSorted()).toEqual(suffixes.map((suffix) => ARCHIVE + suffix));
    expect(await made()).toEqual(first);
    expect((await run(["verify", ARCHIVE, "--cosign-key", "cosign.pub"])).code).toBe(0);
  });

  it("writes the archive alone, and prints what helm prints, without those flags", async () => {
    const { stdout } = await run(["package", "web"]);
    expect(stdout).toBe(`Successfully packaged chart and saved it to: ${join(root, ARCHIVE)}\n`);
    expect(readdirSync(root).filter((name) => name.startsWith(ARCHIVE))).toEqual([ARCHIVE]);
  });

  it.each([
    ["values without an SBOM", ["--set", "a=b"], "--set needs --sbom"],
    ["a builder without provenance", ["--slsa-builder-id", "urn:x"], "--slsa-builder-id needs --slsa-provenance"],
    ["an unknown format", ["--sbom=swid"], 'invalid argument "swid" for "--sbom" flag: must be spdx or cyclonedx'],
    [
      "a source that is no URI",
      ["--slsa-source", "here"],
      'invalid argument "here" for "--slsa-source" flag: must be a URI',
    ],
    ["a public key to sign with", ["--cosign-key", "cosign.pub"], "a private key in a block PUBLIC KEY is not taken"],
    ["a key file that is not there", ["--cosign-key", "none"], "open none: no such file or directory"],
  ])("refuses %s before it writes", async (_, flags, text) => {
    const { code, stdout, stderr } = await run(["package", "web", ...flags]);
    expect({ code, stdout, says: stderr.startsWith(`Error: ${text}`) ? text : stderr }).toEqual({
      code: 1,
      stdout: "",
      says: text,
    });
    expect(existsSync(join(root, ARCHIVE))).toBe(false);
  });

  it("refuses a wrong password without showing it", async () => {
    const { code, stdout, stderr } = await run(["package", "web", "--cosign-key", "cosign.key"], "canary-9913");
    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      "Error: the password does not open the private key; set COSIGN_PASSWORD\n",
    ]);
  });

  it("bills nothing that does not render", async () => {
    const { code, stderr } = await run(["package", "web", "--sbom", "--set", "fail=true"]);
    expect([code, stderr]).toEqual([1, "Error: execution error at (web/templates/x.yaml:1:24): no\n"]);
    expect(existsSync(join(root, `${ARCHIVE}.spdx.json`))).toBe(false);
  });
});

describe("verify", () => {
  it.each([
    ["a reference without a version", "oci://127.0.0.1:1/charts/web", "name a version or a digest"],
    ["an archive without a signature", "cosign.pub", "open cosign.pub.sigstore.json: no such file or directory"],
  ])("refuses %s", async (_, what, text) => {
    const { code, stdout, stderr } = await run(["verify", what, "--cosign-key", "cosign.pub"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(text);
  });
});
