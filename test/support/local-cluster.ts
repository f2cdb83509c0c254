import type { ReleaseIo } from "../../infra/cli/release/io.ts";
import { openLocalCluster } from "../../infra/local-cluster/cluster.ts";

/** A simulated cluster of a command under test, in which everything is ready at once. */
export interface CommandCluster {
  /** What the command reaches it by. */
  readonly over: Partial<ReleaseIo>;
  readonly close: () => void;
}

/** Opens a cluster of its own for the commands of one test. */
export function openCommandCluster(): CommandCluster {
  const { transport, close } = openLocalCluster({
    now: () => Date.now(),
    randomBytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
    readyAfter: 0,
  });
  const openCluster: ReleaseIo["openCluster"] = async () => ({
    transport,
    server: "",
    namespace: "default",
    close: async () => undefined,
  });
  return { over: { openCluster }, close };
}
