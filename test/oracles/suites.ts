import type { ToolName } from "./build.ts";

/** One oracle suite. Its cap counts from its start; what runs longer is killed and fails. */
export interface Suite {
  readonly name: string;
  readonly capSeconds: number;
  /** The cap of the whole run, where it does more than CI's sample. */
  readonly wholeCapSeconds?: number;
  readonly tools: readonly ToolName[];
  /** A suite that talks to the real API server gets a fresh control plane of its own. */
  readonly cluster: boolean;
  /** The control plane has the horizontal pod autoscaler running. */
  readonly autoscaler?: boolean;
  readonly run:
    | { readonly kind: "vitest"; readonly file: string }
    /** A program of ours that ends with `N passed, N failed`. `{shared}` is the reference folder beside the project. */
    | { readonly kind: "program"; readonly file: string; readonly args: readonly string[] };
}

/** In the order that CI runs them. The sum of the caps, with builds on a new machine, stays below 70 minutes. */
export const suites: readonly Suite[] = [
  {
    name: "main",
    capSeconds: 220,
    tools: ["helm", "cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/main.oracle.ts" },
  },
  {
    name: "action",
    capSeconds: 220,
    tools: ["helm", "cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/action.oracle.ts" },
  },
  {
    name: "dry-run",
    capSeconds: 60,
    tools: ["helm", "cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/dry-run.oracle.ts" },
  },
  {
    name: "list",
    capSeconds: 60,
    tools: ["cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/list.oracle.ts" },
  },
  {
    name: "plan",
    capSeconds: 60,
    tools: ["cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/plan.oracle.ts" },
  },
  {
    name: "scenes",
    capSeconds: 150,
    tools: ["cluster"],
    cluster: true,
    autoscaler: true,
    run: { kind: "vitest", file: "test/oracles/scenes.oracle.ts" },
  },
  {
    name: "assess",
    capSeconds: 90,
    tools: ["helm", "helm3", "cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/assess.oracle.ts" },
  },
  {
    name: "apply-methods",
    capSeconds: 200,
    tools: ["helm", "helm3", "cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/apply-methods.oracle.ts" },
  },
  {
    name: "cli",
    capSeconds: 200,
    tools: ["helm", "cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/cli.oracle.ts" },
  },
  {
    name: "plugins",
    capSeconds: 130,
    tools: ["helm", "strategy", "cluster", "goplugin"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/plugins.oracle.ts" },
  },
  {
    name: "wait",
    capSeconds: 110,
    tools: ["helm", "cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/wait.oracle.ts" },
  },
  {
    name: "ordered",
    capSeconds: 75,
    tools: ["helm", "cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/ordered.oracle.ts" },
  },
  {
    name: "releases",
    capSeconds: 330,
    wholeCapSeconds: 900,
    tools: ["helm", "helm3", "cluster"],
    cluster: true,
    run: { kind: "program", file: "test/oracles/releases.ts", args: [] },
  },
  {
    name: "mixed",
    capSeconds: 110,
    wholeCapSeconds: 900,
    tools: ["helm", "cluster"],
    cluster: true,
    run: { kind: "program", file: "test/oracles/mixed.ts", args: [] },
  },
  {
    name: "worker-releases",
    capSeconds: 210,
    wholeCapSeconds: 1200,
    tools: ["helm", "helm3", "cluster"],
    cluster: true,
    run: { kind: "program", file: "test/oracles/worker-releases.ts", args: [] },
  },
  {
    name: "crash",
    capSeconds: 240,
    wholeCapSeconds: 3600,
    tools: ["helm", "cluster"],
    cluster: true,
    run: { kind: "program", file: "test/oracles/crash.ts", args: [] },
  },
  {
    name: "smoke",
    capSeconds: 100,
    tools: [],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/smoke.oracle.ts" },
  },
  {
    name: "local-cluster",
    capSeconds: 30,
    tools: [],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/local-cluster.oracle.ts" },
  },
  {
    name: "kube",
    capSeconds: 45,
    tools: [],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/kube.oracle.ts" },
  },
  {
    name: "kube-random",
    capSeconds: 45,
    wholeCapSeconds: 300,
    tools: [],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/kube-random.oracle.ts" },
  },
  {
    name: "patch",
    capSeconds: 20,
    wholeCapSeconds: 120,
    tools: ["patchprobe"],
    cluster: false,
    run: { kind: "vitest", file: "test/oracles/patch.oracle.ts" },
  },
  {
    name: "registry",
    capSeconds: 75,
    tools: ["helm", "oras", "crane", "conformance"],
    cluster: false,
    run: { kind: "vitest", file: "test/oracles/registry.oracle.ts" },
  },
  {
    name: "clients",
    capSeconds: 120,
    tools: ["helm", "helm-cm-push", "oras", "crane", "cosign"],
    cluster: false,
    run: { kind: "vitest", file: "test/oracles/clients.oracle.ts" },
  },
  {
    name: "conformance",
    capSeconds: 210,
    tools: ["conformance", "versitygw"],
    cluster: false,
    run: { kind: "vitest", file: "test/oracles/conformance.oracle.ts" },
  },
  {
    name: "upstream",
    capSeconds: 180,
    tools: [],
    cluster: false,
    run: { kind: "vitest", file: "test/oracles/upstream.oracle.ts" },
  },
  {
    name: "supply",
    capSeconds: 120,
    tools: ["helm", "cosign", "notation", "oras"],
    cluster: false,
    run: { kind: "vitest", file: "test/oracles/supply.oracle.ts" },
  },
  {
    name: "plugin-kit",
    capSeconds: 130,
    tools: ["helm", "oras", "cluster"],
    cluster: true,
    run: { kind: "vitest", file: "test/oracles/plugin-kit.oracle.ts" },
  },
  {
    name: "s3",
    capSeconds: 25,
    tools: ["versitygw"],
    cluster: false,
    run: { kind: "vitest", file: "test/oracles/s3.oracle.ts" },
  },
  {
    name: "engine-browser",
    capSeconds: 45,
    tools: [],
    cluster: false,
    run: { kind: "vitest", file: "test/oracles/engine-browser.oracle.ts" },
  },
  {
    name: "fuzz",
    capSeconds: 60,
    wholeCapSeconds: 900,
    tools: ["probe"],
    cluster: false,
    run: { kind: "program", file: "test/oracles/fuzz.ts", args: [] },
  },
  {
    name: "tools",
    capSeconds: 300,
    tools: ["helm", "deflate"],
    cluster: false,
    run: { kind: "vitest", file: "test/oracles/tools.oracle.ts" },
  },
  {
    name: "cmp",
    capSeconds: 30,
    wholeCapSeconds: 1800,
    tools: [],
    cluster: false,
    run: { kind: "program", file: "test/oracles/cmp.ts", args: ["{shared}/corpus"] },
  },
  {
    name: "corpus",
    capSeconds: 75,
    tools: [],
    cluster: false,
    run: { kind: "program", file: "test/corpus.ts", args: ["{shared}/corpus"] },
  },
];
