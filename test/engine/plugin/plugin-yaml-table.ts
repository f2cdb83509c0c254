/**
 * plugin.yaml files with what helm 4.3.1 makes of them: the error that `helm plugin list` logs behind `failed to load plugin "DIR": `, or
 * the columns NAME, VERSION, TYPE, APIVERSION that it prints.
 */
export const PLUGIN_YAML_CASES: readonly (readonly [
  name: string,
  yaml: string,
  answer: { readonly error: string } | { readonly listed: readonly string[] },
])[] = [
  [
    "v1 minimal",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "v1 all extism",
    'apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nsourceURL: https://example.com/x\nconfig: {}\nruntimeConfig:\n  memory: {maxPages: 16, maxHttpResponseBytes: 1, maxVarBytes: 2}\n  config: {a: b}\n  allowedHosts: ["*.example.com"]\n  fileSystem: {createTempDir: true}\n  timeout: 500\n  hostFunctions: [f]\n  entryFuncName: main\n',
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  ["empty file", "", { error: "failed to peek plugin.yaml API version: EOF" }],
  [
    "not a map",
    "[]\n",
    {
      error:
        "failed to peek plugin.yaml API version: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into plugin.apiVersion",
    },
  ],
  [
    "scalar",
    "foo\n",
    {
      error:
        "failed to peek plugin.yaml API version: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `foo` into plugin.apiVersion",
    },
  ],
  ["comment only", "# x\n", { error: "failed to peek plugin.yaml API version: EOF" }],
  [
    "apiVersion v2",
    "apiVersion: v2\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { error: 'invalid plugin apiVersion: "v2"' },
  ],
  [
    "apiVersion number",
    "apiVersion: 1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { error: 'invalid plugin apiVersion: "1"' },
  ],
  [
    "apiVersion list",
    "apiVersion: [a]\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    {
      error:
        "failed to peek plugin.yaml API version: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string",
    },
  ],
  [
    "unknown key",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nfoo: 1\n",
    { error: "yaml: unmarshal errors:\n  line 6: field foo not found in type plugin.MetadataV1" },
  ],
  [
    "two unknown keys",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nfoo: 1\nbar: 2\n",
    {
      error:
        "yaml: unmarshal errors:\n  line 6: field foo not found in type plugin.MetadataV1\n  line 7: field bar not found in type plugin.MetadataV1",
    },
  ],
  [
    "duplicate key",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nname: y\n",
    {
      error:
        'failed to peek plugin.yaml API version: yaml: unmarshal errors:\n  line 6: mapping key "name" already defined at line 2',
    },
  ],
  [
    "bad name",
    'apiVersion: v1\nname: "a b"\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n',
    { error: "invalid plugin `name`" },
  ],
  [
    "no name",
    "apiVersion: v1\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { error: "invalid plugin `name`" },
  ],
  [
    "name number",
    "apiVersion: v1\nname: 12\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { listed: ["12", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "name list",
    "apiVersion: v1\nname: [a]\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { error: "yaml: unmarshal errors:\n  line 2: cannot unmarshal !!seq into string" },
  ],
  [
    "name null",
    "apiVersion: v1\nname: null\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { error: "invalid plugin `name`" },
  ],
  [
    "no version",
    "apiVersion: v1\nname: x\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { error: "plugin `version` is required" },
  ],
  [
    "bad version",
    "apiVersion: v1\nname: x\nversion: v1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { error: 'invalid plugin `version` "v1.0.0": must be valid semver' },
  ],
  [
    "short version",
    'apiVersion: v1\nname: x\nversion: "1.0"\ntype: postrenderer/v1\nruntime: extism/v1\n',
    { error: 'invalid plugin `version` "1.0": must be valid semver' },
  ],
  [
    "version float",
    "apiVersion: v1\nname: x\nversion: 1.0\ntype: postrenderer/v1\nruntime: extism/v1\n",
    { error: 'invalid plugin `version` "1.0": must be valid semver' },
  ],
  ["no type", "apiVersion: v1\nname: x\nversion: 1.0.0\nruntime: extism/v1\n", { error: "`type` missing" }],
  [
    "unknown type",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: foo/v1\nruntime: extism/v1\n",
    { error: 'failed to convert MetadataV1 to Metadata: unknown plugin type "foo/v1"' },
  ],
  ["no runtime", "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\n", { error: "`runtime` missing" }],
  [
    "unknown runtime",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: wasm\n",
    { error: 'failed to convert MetadataV1 to Metadata: unsupported plugin runtime type: "wasm"' },
  ],
  [
    "unknown type and runtime",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: foo/v1\nruntime: wasm\n",
    { error: 'failed to convert MetadataV1 to Metadata: unknown plugin type "foo/v1"' },
  ],
  [
    "postrenderer config key",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nconfig: {a: 1}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: yaml: unmarshal errors:\n  line 1: field a not found in type schema.ConfigPostRendererV1",
    },
  ],
  [
    "config list",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nconfig: []\n",
    { error: "yaml: unmarshal errors:\n  line 6: cannot unmarshal !!seq into map[string]interface {}" },
  ],
  [
    "config scalar",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nconfig: abc\n",
    { error: "yaml: unmarshal errors:\n  line 6: cannot unmarshal !!str `abc` into map[string]interface {}" },
  ],
  [
    "config null",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nconfig: null\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "getter no config",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\n",
    { error: "config validation failed: getter has no protocols" },
  ],
  [
    "getter config empty",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig: {}\n",
    { error: "config validation failed: getter has no protocols" },
  ],
  [
    "getter no protocols",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig: {protocols: []}\n",
    { error: "config validation failed: getter has no protocols" },
  ],
  [
    "getter empty protocol",
    'apiVersion: v1\nname: x\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig: {protocols: [a, ""]}\n',
    { error: "config validation failed: getter has empty protocol at index 1" },
  ],
  [
    "getter good",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig: {protocols: [a]}\n",
    { listed: ["x", "1.0.0", "getter/v1", "v1"] },
  ],
  [
    "getter protocols string",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig: {protocols: a}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `a` into []string",
    },
  ],
  [
    "getter unknown key",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: getter/v1\nruntime: extism/v1\nconfig: {protocols: [a], x: 1}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: yaml: unmarshal errors:\n  line 3: field x not found in type schema.ConfigGetterV1",
    },
  ],
  [
    "cli good",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: cli/v1\nruntime: extism/v1\nconfig: {usage: a, shortHelp: b, longHelp: c, ignoreFlags: true}\n",
    { listed: ["x", "1.0.0", "cli/v1", "v1"] },
  ],
  [
    "cli no config",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: cli/v1\nruntime: extism/v1\n",
    { listed: ["x", "1.0.0", "cli/v1", "v1"] },
  ],
  [
    "cli ignoreFlags string",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: cli/v1\nruntime: extism/v1\nconfig: {ignoreFlags: abc}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `abc` into bool",
    },
  ],
  [
    "cli usage number",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: cli/v1\nruntime: extism/v1\nconfig: {usage: 12}\n",
    { listed: ["x", "1.0.0", "cli/v1", "v1"] },
  ],
  [
    "cli unknown keys",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: cli/v1\nruntime: extism/v1\nconfig: {zed: 1, alpha: 2}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: yaml: unmarshal errors:\n  line 1: field alpha not found in type schema.ConfigCLIV1\n  line 2: field zed not found in type schema.ConfigCLIV1",
    },
  ],
  [
    "test type",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: test/v1\nruntime: extism/v1\n",
    { listed: ["x", "1.0.0", "test/v1", "v1"] },
  ],
  [
    "runtimeConfig unknown key",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {foo: 1}\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "runtimeConfig memory wrong",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {memory: {maxPages: abc}}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for extism/v1 runtime: yaml: unmarshal errors:\n  line 2: cannot unmarshal !!str `abc` into uint32",
    },
  ],
  [
    "maxPages negative",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {memory: {maxPages: -1}}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for extism/v1 runtime: yaml: unmarshal errors:\n  line 2: cannot unmarshal !!int `-1` into uint32",
    },
  ],
  [
    "maxPages large",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {memory: {maxPages: 4294967296}}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for extism/v1 runtime: yaml: unmarshal errors:\n  line 2: cannot unmarshal !!int `4294967296` into uint32",
    },
  ],
  [
    "timeout float",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {timeout: 1.5}\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "timeout string",
    'apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {timeout: "5"}\n',
    {
      error:
        "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for extism/v1 runtime: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `5` into uint64",
    },
  ],
  [
    "config values numbers",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {config: {a: 1, b: true}}\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "config nested",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {config: {a: {b: 1}}}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for extism/v1 runtime: yaml: unmarshal errors:\n  line 3: cannot unmarshal !!map into string",
    },
  ],
  [
    "allowedHosts string",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {allowedHosts: a}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for extism/v1 runtime: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `a` into []string",
    },
  ],
  [
    "two wrong",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {timeout: x, allowedHosts: a, memory: 1}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for extism/v1 runtime: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `a` into []string\n  line 2: cannot unmarshal !!int `1` into plugin.RuntimeConfigExtismV1Memory\n  line 3: cannot unmarshal !!str `x` into uint64",
    },
  ],
  [
    "runtimeConfig list",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: []\n",
    { error: "yaml: unmarshal errors:\n  line 6: cannot unmarshal !!seq into map[string]interface {}" },
  ],
  [
    "memory list",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {memory: []}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for extism/v1 runtime: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into plugin.RuntimeConfigExtismV1Memory",
    },
  ],
  [
    "hostFunctions",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nruntimeConfig: {hostFunctions: [f]}\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "subprocess",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\nruntimeConfig: {platformCommand: [{os: linux, arch: amd64, command: x, args: [a]}]}\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "subprocess no config",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "subprocess platformCommand string",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\nruntimeConfig: {platformCommand: x}\n",
    {
      error:
        "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for subprocess runtime: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `x` into []plugin.PlatformCommand",
    },
  ],
  [
    "bad yaml",
    "apiVersion: v1\n  name: x\n",
    { error: "failed to peek plugin.yaml API version: yaml: line 2: mapping values are not allowed in this context" },
  ],
  [
    "tab",
    "\tapiVersion: v1\n",
    { error: "failed to peek plugin.yaml API version: yaml: found character that cannot start any token" },
  ],
  [
    "unclosed",
    'apiVersion: "v1\n',
    { error: "failed to peek plugin.yaml API version: yaml: line 2: found unexpected end of stream" },
  ],
  [
    "bad yaml behind",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nfoo: [\n",
    { error: "failed to peek plugin.yaml API version: yaml: line 6: did not find expected node content" },
  ],
  [
    "anchors",
    "apiVersion: v1\nname: &a x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\nsourceURL: *a\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  [
    "two documents",
    "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n---\nfoo: 1\n",
    { listed: ["x", "1.0.0", "postrenderer/v1", "v1"] },
  ],
  ["legacy minimal", "name: x\n", { listed: ["x", "", "cli/v1", "legacy"] }],
  ["legacy", "name: x\nversion: 1.0.0\ncommand: a\n", { listed: ["x", "1.0.0", "cli/v1", "legacy"] }],
  [
    "legacy unknown key",
    "name: x\nversion: 1.0.0\ncommand: a\nfoo: 1\n",
    { listed: ["x", "1.0.0", "cli/v1", "legacy"] },
  ],
  ["legacy no name", "version: 1.0.0\n", { error: 'invalid plugin name "": must contain only a-z, A-Z, 0-9, _ and -' }],
  [
    "legacy bad version",
    "name: x\nversion: v1\ncommand: a\n",
    { error: 'invalid plugin version "v1": must be valid semver' },
  ],
  [
    "legacy version v-prefix",
    "name: x\nversion: v1.2.3\ncommand: a\n",
    { error: 'invalid plugin version "v1.2.3": must be valid semver' },
  ],
  [
    "legacy both commands",
    "name: x\nversion: 1.0.0\ncommand: a\nplatformCommand: [{command: b}]\n",
    { error: "both platformCommand and command are set" },
  ],
  [
    "legacy both hooks",
    "name: x\nversion: 1.0.0\ncommand: a\nhooks: {install: a}\nplatformHooks: {install: [{command: b}]}\n",
    { error: "both platformHooks and hooks are set" },
  ],
  [
    "legacy downloaders",
    "name: x\nversion: 1.0.0\ncommand: a\ndownloaders: [{command: d, protocols: [s3, gs]}]\n",
    { listed: ["x", "1.0.0", "getter/v1", "legacy"] },
  ],
  [
    "legacy downloader no command",
    "name: x\nversion: 1.0.0\ncommand: a\ndownloaders: [{protocols: [s3]}]\n",
    { error: "downloader 0 has empty command" },
  ],
  [
    "legacy downloader no protocols",
    "name: x\nversion: 1.0.0\ncommand: a\ndownloaders: [{command: d}]\n",
    { error: "downloader 0 has no protocols" },
  ],
  [
    "legacy downloader empty protocol",
    'name: x\nversion: 1.0.0\ncommand: a\ndownloaders: [{command: d, protocols: [s3]}, {command: d, protocols: ["a",""]}]\n',
    { error: "downloader 1 has empty protocol at index 1" },
  ],
  [
    "legacy duplicate",
    "name: x\nversion: 1.0.0\ncommand: a\nname: y\n",
    {
      error:
        'failed to peek plugin.yaml API version: yaml: unmarshal errors:\n  line 4: mapping key "name" already defined at line 1',
    },
  ],
  [
    "legacy usage",
    'name: x\nversion: 1.0.0\ncommand: a\nusage: "a\\tb\\u0007c"\ndescription: d\n',
    { listed: ["x", "1.0.0", "cli/v1", "legacy"] },
  ],
  [
    "legacy wrong type",
    "name: x\nversion: 1.0.0\ncommand: a\ndownloaders: x\n",
    { error: "yaml: unmarshal errors:\n  line 4: cannot unmarshal !!str `x` into []plugin.Downloaders" },
  ],
  [
    "legacy ignoreFlags wrong",
    "name: x\nversion: 1.0.0\ncommand: a\nignoreFlags: maybe\n",
    { error: "yaml: unmarshal errors:\n  line 4: cannot unmarshal !!str `maybe` into bool" },
  ],
  [
    "legacy version float",
    "name: x\nversion: 1.5\ncommand: a\n",
    { error: 'invalid plugin version "1.5": must be valid semver' },
  ],
  [
    "name and version wrong",
    'apiVersion: v1\nname: "a b"\nversion: v1\ntype: postrenderer/v1\nruntime: extism/v1\n',
    { error: "invalid plugin `name`" },
  ],
];
