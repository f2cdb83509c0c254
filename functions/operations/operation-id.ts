import type { ReleaseKey } from "./operation-store.ts";

/** A release on one of the clusters. */
export interface ReleaseAddress {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

const LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const ID = new RegExp(`^(${LABEL})~(${LABEL})~([a-z0-9.-]{1,53})~[0-9a-f]{32}$`);

/** What leases exclude by. */
export function releaseKey(address: ReleaseAddress): ReleaseKey {
  return `${address.cluster}/${address.namespace}/${address.name}`;
}

/** An operation's id: the release key, then the nonce (32 hex digits), so that no index is needed to route it. */
export function operationId(address: ReleaseAddress, nonce: string): string {
  return `${address.cluster}~${address.namespace}~${address.name}~${nonce}`;
}

/** The release that an operation belongs to; undefined when the text is no operation's id. */
export function addressOf(operation: string): ReleaseAddress | undefined {
  const parts = ID.exec(operation);
  const [, cluster, namespace, name] = parts ?? [];
  if (cluster === undefined || namespace === undefined || name === undefined) return undefined;
  return { cluster, namespace, name };
}
