import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const KUBERNETES = "v1.37.1";
/** The Go of Helm's own releases. */
const RELEASE_TOOLCHAIN = "go1.27.3";

/** A folder of tools/ with a go.mod of its own, and the programs that it makes. */
interface Tool {
  readonly programs: readonly string[];
  /** The Go files of a main package of our own; without them the folder's `tool` lines are built. */
  readonly sources?: readonly string[];
  readonly ldflags?: string;
  readonly buildmode?: "pie" | "c-shared";
  /** A WASM module instead of a program of this machine. */
  readonly wasm?: boolean;
  /** Go's own version, where another one answers otherwise: Go fetches it as a module. */
  readonly toolchain?: string;
  /** Go names a binary after its package's last path element before `/v3`. */
  readonly rename?: readonly (readonly [string, string])[];
}

const version = "k8s.io/component-base/version";
const tools = {
  // Helm's releases are built with Go 1.27, whose encoding/json and compress/flate answer otherwise than those of 1.26.
  helm: { programs: ["helm"], toolchain: RELEASE_TOOLCHAIN },
  cluster: {
    programs: ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"],
    ldflags: `-s -w -X ${version}.gitVersion=${KUBERNETES} -X ${version}.gitMajor=1 -X ${version}.gitMinor=37 -X ${version}.gitTreeState=clean`,
    rename: [["server", "etcd"]],
  },
  // Helm's own actions with what helm has no flag for: a strategy of post-rendering.
  strategy: { programs: ["strategy"], sources: ["main.go"], toolchain: RELEASE_TOOLCHAIN },
  // For the records that Helm 3 wrote.
  helm3: { programs: ["helm"] },
  // The libraries of Helm's client-side apply.
  patchprobe: { programs: ["patchprobe"], sources: ["main.go"] },
  oras: { programs: ["oras"] },
  cosign: { programs: ["cosign"] },
  notation: { programs: ["notation"] },
  crane: { programs: ["crane"] },
  conformance: { programs: ["conformance"] },
  // ChartMuseum's client.
  "helm-cm-push": { programs: ["helm-cm-push"] },
  versitygw: { programs: ["versitygw"] },
  // As PIE, so that no address of it is the same in two processes: the fuzz tells by that what depends on one.
  probe: { programs: ["probe"], sources: ["main.go"], toolchain: RELEASE_TOOLCHAIN, buildmode: "pie" },
  deflate: { programs: ["deflate"], sources: ["main.go"], toolchain: RELEASE_TOOLCHAIN },
  // A plugin made with Extism's kit for Go.
  goplugin: { programs: ["goplugin"], sources: ["main.go"], buildmode: "c-shared", wasm: true },
  olareg: { programs: ["olareg"] },
  distribution: { programs: ["registry"] },
  // Sends prepared requests over many connections: the load of `bench -- registry`.
  httpload: { programs: ["httpload"], sources: ["main.go"] },
  helmbench: { programs: ["helmbench"], sources: ["main.go"] },
} as const satisfies Record<string, Tool>;

/** A real program that a suite may ask for. */
export type ToolName = keyof typeof tools;

/** Where built tools are kept, outside every checkout: a clone with the same go.sum finds them again. */
function cacheFolder(): string {
  return (
    process.env["SLIPWAY_ORACLE_CACHE"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "slipway-oracles")
  );
}

/** Builds what is not built yet and answers the folder of each tool's programs. A missing Go or a failed build throws. */
export function buildTool(name: ToolName): string {
  const tool: Tool = tools[name];
  const source = join(here, "tools", name);
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", ...(tool.sources ?? [])]) hash.update(readFileSync(join(source, file)));
  hash.update(JSON.stringify(tool));
  const target = join(cacheFolder(), `${name}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(join(target, ".done"))) return target;
  const started = Date.now();
  process.stderr.write(`oracles: building ${name} (once; kept in ${target}) …\n`);
  compile(tool, source, `${target}.part`);
  rmSync(target, { recursive: true, force: true });
  renameSync(`${target}.part`, target);
  writeFileSync(join(target, ".done"), "");
  process.stderr.write(`oracles: built ${name} in ${Math.round((Date.now() - started) / 1000)} s\n`);
  return target;
}

function compile(tool: Tool, source: string, output: string): void {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const ldflags = tool.ldflags === undefined ? [] : ["-ldflags", tool.ldflags];
  const buildmode = tool.buildmode === undefined ? [] : [`-buildmode=${tool.buildmode}`];
  const toolchain = tool.toolchain === undefined ? {} : { GOTOOLCHAIN: tool.toolchain };
  const target = tool.wasm === true ? { GOOS: "wasip1", GOARCH: "wasm" } : {};
  const run = spawnSync(
    "go",
    ["build", "-trimpath", ...ldflags, ...buildmode, "-o", `${output}/`, tool.sources === undefined ? "tool" : "."],
    {
      cwd: source,
      stdio: ["ignore", 2, 2],
      env: { ...process.env, ...toolchain, ...target, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -mod=readonly" },
    },
  );
  if (run.error !== undefined)
    throw new Error(`go could not be started: ${run.error.message}; install Go 1.26 or newer`);
  if (run.status !== 0) throw new Error(`go build of ${source} failed; its output is above`);
  for (const [from, to] of tool.rename ?? []) renameSync(join(output, from), join(output, to));
  for (const program of tool.programs) {
    if (!existsSync(join(output, program))) throw new Error(`go build of ${source} made no ${program}`);
  }
}
