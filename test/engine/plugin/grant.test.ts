import { describe, expect, it } from "vitest";
import { type GrantEntry, grantFor, NO_GRANT, PluginError, repeatedGrants } from "../../../engine/plugin/index.ts";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const [MODULE, ARTIFACT, OTHER] = [digest("1"), digest("2"), digest("3")];

const entry = (team: string, more: Partial<GrantEntry> = {}): GrantEntry => ({
  plugin: "tools/labels",
  hosts: [],
  plainHttp: false,
  privateAddresses: false,
  config: { team },
  ...more,
});

describe("a grant", () => {
  const granted = (entries: readonly GrantEntry[], artifact?: string) =>
    grantFor(entries, "tools/labels", { name: "labels", digest: MODULE, artifact });

  it.each<[string, readonly GrantEntry[], string | undefined]>([
    ["without a digest holds for every module of the name", [entry("all")], "all"],
    ["holds for the module that it names", [entry("one", { digest: MODULE })], "one"],
    ["holds for the artifact that it names", [entry("one", { digest: ARTIFACT })], "one"],
    ["with the digest comes before one without", [entry("all"), entry("one", { digest: MODULE })], "one"],
    ["for another digest leaves the rest to one without", [entry("other", { digest: OTHER }), entry("all")], "all"],
    [
      "of several digests is that of its own",
      [entry("other", { digest: OTHER }), entry("own", { digest: ARTIFACT })],
      "own",
    ],
    ["of another name is none", [entry("other", { plugin: "tools/labels2" })], undefined],
    [
      "of another name is none, with the digest too",
      [entry("other", { plugin: "x/labels", digest: MODULE })],
      undefined,
    ],
    ["that is not there grants nothing", [], undefined],
  ])("%s", (_name, entries, team) => {
    const { config } = granted(entries, ARTIFACT);
    expect(config["team"]).toBe(team);
  });

  it("has the limits that it names beside the usual ones, and is nothing else than that", () => {
    const given = granted([
      entry("a", { digest: MODULE, hosts: ["a.example"], limits: { pages: 5, logBytes: undefined } }),
    ]);
    expect(given).toEqual({
      ...NO_GRANT,
      config: { team: "a" },
      hosts: ["a.example"],
      limits: { ...NO_GRANT.limits, pages: 5 },
    });
  });

  it.each([
    [undefined, `this is ${MODULE}:`],
    [ARTIFACT, `this is ${MODULE} of the artifact ${ARTIFACT}:`],
  ])("for other digests alone refuses the plugin and says so: artifact %s", (artifact, says) => {
    const entries = [entry("a", { digest: OTHER }), entry("b", { digest: digest("4") })];
    const refused = () => granted(entries, artifact);
    expect(refused).toThrow(PluginError);
    expect(refused).toThrow(
      `plugin labels (sha256:111111111111): it is granted to ${OTHER} and ${digest("4")} alone, and ${says} add a grant`,
    );
    expect(refused).toThrow(expect.objectContaining({ code: "not-granted" }));
  });

  it.each([
    ["module first", [entry("all"), entry("a", { digest: MODULE }), entry("b", { digest: ARTIFACT })], "1 and 2"],
    ["artifact first", [entry("a", { digest: ARTIFACT }), entry("b", { digest: MODULE })], "0 and 1"],
  ])("by the module's digest and another by its artifact's is refused: %s", (_name, entries, which) => {
    const refused = () => granted(entries, ARTIFACT);
    expect(refused).toThrow(expect.objectContaining({ code: "not-granted" }));
    expect(refused).toThrow(`plugin labels (sha256:111111111111): entries ${which} of the grants both hold for it`);
    expect(granted(entries).config).toEqual({ team: entries.find((one) => one.digest === MODULE)?.config["team"] });
  });

  it.each<[string, readonly GrantEntry[], readonly string[]]>([
    [
      "of one digest",
      [entry("a", { digest: MODULE }), entry("all"), entry("b", { digest: MODULE })],
      [`2: entries 0 and 2 both grant tools/labels with the digest ${MODULE}: keep one of them`],
    ],
    [
      "without a digest",
      [entry("a"), entry("b")],
      ["1: entries 0 and 1 both grant tools/labels without a digest: keep one of them"],
    ],
    [
      "three times, each beside the first",
      [entry("a"), entry("b"), entry("c")],
      [1, 2].map((at) => `${at}: entries 0 and ${at} both grant tools/labels without a digest: keep one of them`),
    ],
    ["of two digests, and none", [entry("a", { digest: MODULE }), entry("b", { digest: OTHER }), entry("c")], []],
    ["of two plugins", [entry("a"), entry("b", { plugin: "tools/images" })], []],
  ])("is told where it stands twice: %s", (_name, entries, problems) => {
    expect(repeatedGrants(entries).map(({ index, problem }) => `${index}: ${problem}`)).toEqual(problems);
  });
});
