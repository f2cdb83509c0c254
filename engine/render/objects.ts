import type { Capabilities, HelmVersion, KubeVersion } from "../chart/capabilities.ts";
import { GoList, GoMap, GoObject } from "../go/value.ts";
import type { GoMethod, GoStructType, GoValue } from "../go/value.ts";

const NO_METHODS: ReadonlyMap<string, GoMethod> = new Map();

/** `.Capabilities`. */
export function createCapabilities(capabilities: Capabilities): GoObject {
  return new GoObject(
    CAPABILITIES,
    new Map<string, GoValue>([
      ["KubeVersion", createKubeVersion(capabilities.kubeVersion)],
      ["APIVersions", new GoList(capabilities.apiVersions, "common.VersionSet", false, VERSION_SET)],
      ["HelmVersion", createHelmVersion(capabilities.helmVersion)],
    ]),
  );
}

const CAPABILITIES: GoStructType = {
  name: "*common.Capabilities",
  fields: ["KubeVersion", "APIVersions", "HelmVersion"],
  methods: NO_METHODS,
};

const VERSION_SET: ReadonlyMap<string, GoMethod> = new Map([
  [
    "Has",
    {
      parameters: ["string"],
      call: (self, [version]) => self instanceof GoList && self.items.includes(version),
    },
  ],
]);

const KUBE_VERSION_COPY: GoStructType = {
  name: "common.KubeVersion",
  fields: ["Version", "Major", "Minor"],
  hidden: ["normalizedVersion"],
  methods: NO_METHODS,
};

const KUBE_VERSION: GoStructType = {
  ...KUBE_VERSION_COPY,
  methods: new Map<string, GoMethod>([
    ["String", { parameters: [], call: (self) => normalized(self) }],
    ["GitVersion", { parameters: [], call: (self) => field(self, "Version") }],
  ]),
  printAddressed: normalized,
  copy: KUBE_VERSION_COPY,
};

function createKubeVersion(version: KubeVersion): GoObject {
  return new GoObject(
    KUBE_VERSION,
    new Map([
      ["Version", version.version],
      ["normalizedVersion", version.normalized],
      ["Major", version.major],
      ["Minor", version.minor],
    ]),
  );
}

function normalized(self: GoValue): string {
  return field(self, "normalizedVersion") || field(self, "Version");
}

function field(self: GoValue, name: string): string {
  const value = self instanceof GoObject ? self.fields.get(name) : undefined;
  return typeof value === "string" ? value : "";
}

const HELM_VERSION: GoStructType = {
  name: "version.BuildInfo",
  fields: ["Version", "GitCommit", "GitTreeState", "GoVersion", "KubeClientVersion"],
  methods: NO_METHODS,
  json: buildInfoJson,
};

/** By its JSON tags, empty ones left out. */
function buildInfoJson(self: GoObject): GoMap {
  const members: readonly (readonly [string, string])[] = [
    ["version", field(self, "Version")],
    ["git_commit", field(self, "GitCommit")],
    ["git_tree_state", field(self, "GitTreeState")],
    ["go_version", field(self, "GoVersion")],
    ["kube_client_version", field(self, "KubeClientVersion")],
  ];
  return new GoMap(new Map(members.filter(([, value]) => value !== "")));
}

function createHelmVersion(version: HelmVersion): GoObject {
  return new GoObject(
    HELM_VERSION,
    new Map([
      ["Version", version.version],
      ["GitCommit", version.gitCommit],
      ["GitTreeState", version.gitTreeState],
      ["GoVersion", version.goVersion],
      ["KubeClientVersion", version.kubeClientVersion],
    ]),
  );
}
