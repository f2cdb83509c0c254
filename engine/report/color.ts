import type { ReleaseStatus } from "../release/release.ts";

/** Wraps texts for a terminal, or leaves them as they are. */
export interface Colors {
  readonly status: (status: ReleaseStatus) => string;
  readonly header: (text: string) => string;
  readonly namespace: (text: string) => string;
}

/** What is not meant for a terminal. */
export const PLAIN: Colors = { status: (text) => text, header: (text) => text, namespace: (text) => text };

const STATUS_COLORS: Readonly<Partial<Record<ReleaseStatus, number>>> = {
  deployed: 32,
  failed: 31,
  unknown: 31,
  "pending-install": 33,
  "pending-upgrade": 33,
  "pending-rollback": 33,
  uninstalling: 33,
};

/** Helm's colors. */
export const COLORED: Colors = {
  status: (status) => {
    const color = STATUS_COLORS[status];
    return color === undefined ? status : painted(status, color, 0);
  },
  header: (text) => painted(text, 1, 22),
  namespace: (text) => painted(text, 36, 0),
};

function painted(text: string, on: number, off: number): string {
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
