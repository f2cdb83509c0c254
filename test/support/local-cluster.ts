import type { ReleaseIo } from "../../infra/cli/release/io.ts";
import { type LocalCluster, openLocalCluster } from "../../infra/local-cluster/cluster.ts";

/** A simulated cluster of a command under test, in which everything is ready at once. */
export interface CommandCluster {
  /** What the command reaches it by. */
  readonly over: Partial<ReleaseIo>;
  readonly close: () => void;
}

/** A simulated cluster in which everything is ready at once. */
export function openReadyCluster(): LocalCluster {
  return openLocalCluster({
    now: () => Date.now(),
    randomBytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
    readyAfter: 0,
  });
}

/** Opens a cluster of its own for the commands of one test. */
export function openCommandCluster(): CommandCluster {
  const { transport, close } = openReadyCluster();
  const openCluster: ReleaseIo["openCluster"] = async () => ({
    transport,
    server: "",
    namespace: "default",
    close: async () => undefined,
  });
  return { over: { openCluster }, close };
}
