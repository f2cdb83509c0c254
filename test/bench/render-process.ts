import { join } from "node:path";
import { buildTool } from "../oracles/build.ts";
import { median, report } from "./figure.ts";
import type { HelmBench } from "./helmbench.ts";
import type { RenderCase } from "./render-case.ts";

const ROUNDS = 7;
const root = join(import.meta.dirname, "..", "..");

/** `slipway template` beside `helm template`, whole processes in turn: wall and CPU time as the process that starts both sees them. */
export async function benchProcesses(cases: readonly RenderCase[], peer: HelmBench): Promise<void> {
  const helm = join(buildTool("helm"), "helm");
  const ratios = { wall: [] as number[], cpu: [] as number[] };
  for (const one of cases) {
    const args = ["template", "rel", one.chart, "-n", "default"];
    if (one.kubeVersion !== "") args.push("--kube-version", one.kubeVersion);
    if (one.values !== "") args.push("-f", one.values);
    const ours = { wall: [] as number[], cpu: [] as number[] };
    const theirs = { wall: [] as number[], cpu: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [program, times] of [
        [helm, theirs],
        [join(root, "bin", "slipway"), ours],
      ] as const) {
        const { ms, cpu, error } = await peer.ask({ command: [program, ...args], directory: root });
        if (error !== undefined) throw new Error(`${program} ${args.join(" ")}: ${error}`);
        if (round === 0) continue;
        times.wall.push(median(ms ?? []));
        times.cpu.push(cpu);
      }
    }
    for (const [kind, name] of [
      ["wall", `process/${one.name}`],
      ["cpu", `process/${one.name}/cpu`],
    ] as const) {
      const figure = { ours: median(ours[kind]), theirs: median(theirs[kind]) };
      report({ name, peer: "helm", unit: "ms", ...figure });
      ratios[kind].push(figure.theirs / figure.ours);
    }
  }
  for (const kind of ["wall", "cpu"] as const) {
    const theirs = median(ratios[kind]);
    report({ name: `process/total/${kind}-median`, ours: 1, peer: "helm", theirs, unit: "times as fast" });
  }
}
