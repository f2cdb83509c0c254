import type { ZoneOffset } from "../../../engine/go/time-zone.ts";
import type { KubeconfigSource } from "../../node/kubeconfig.ts";
import type { OpenCluster } from "../../node/cluster-request.ts";
import type { Command, CommandIo } from "../command.ts";

/** What the commands about releases see of the world, besides what all commands see. */
export interface ReleaseIo extends CommandIo {
  readonly openCluster: (source: KubeconfigSource) => Promise<OpenCluster>;
  /** Waits, or less when `signal` is aborted. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly sha256: (bytes: Uint8Array) => string;
  /** An IANA name. */
  readonly timeZone: () => string;
  /** What the machine's clock adds to UTC, if it shows {@link timeZone}. */
  readonly zoneOffset?: ZoneOffset;
  /** Standard output is a terminal that shows colors. */
  readonly isTerminal: boolean;
  /** Its columns, where it is one. */
  readonly columns?: number;
  /** Aborted when the person at the terminal wants an end. From the first call on that no longer ends the process; a second wish does. */
  readonly stopping: () => AbortSignal;
}

/** A command about releases. */
export type ReleaseCommand = Command<ReleaseIo>;
