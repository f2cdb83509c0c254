import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks in a second, as Linux reports times to programs. */
const TICKS = 100;

/** What a process and its children used so far. */
export interface ProcessCost {
  /** Milliseconds of CPU. */
  readonly cpu: number;
  /** The most memory that it ever had, in MB: of several processes the sum. */
  readonly peak: number;
}

/** Reads the cost of a running process from /proc. */
export function processCost(pid: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const cpu = ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
  const peak = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  const children = childrenOf(pid).map(processCost);
  return children.reduce((sum, child) => ({ cpu: sum.cpu + child.cpu, peak: sum.peak + child.peak }), { cpu, peak });
}

function childrenOf(pid: number): readonly number[] {
  const lists = readdirSync(`/proc/${pid}/task`).map((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8"),
  );
  return lists.flatMap((list) => list.split(" ").filter((text) => text !== "")).map(Number);
}
