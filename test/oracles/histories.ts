import { writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import type { JsonObject } from "../../engine/errors.ts";
import { isJsonObject, objectAt, stringAt } from "../../engine/object/json.ts";
import { kubectl } from "../support/helm.ts";

/** A revision that some program left. */
export interface LeftRevision {
  readonly version: number;
  /** Of the release in the record. */
  readonly status: string;
  /** Of the record's label, where it is another. */
  readonly label?: string;
  /** No program can read the record. */
  readonly broken?: true;
}

const rev = (version: number, status: string, more: Partial<LeftRevision> = {}): LeftRevision => ({
  version,
  status,
  ...more,
});

/** Histories that `upgrade --install` meets. Helm asks the last record in the order of names, which is not the newest one from 10 on. */
export const histories: readonly (readonly LeftRevision[])[] = [
  [],
  [rev(1, "deployed")],
  [rev(1, "failed")],
  [rev(1, "superseded")],
  [rev(1, "uninstalled")],
  [rev(1, "uninstalling")],
  [rev(1, "unknown")],
  [rev(1, "pending-install")],
  [rev(1, "deployed"), rev(2, "failed")],
  [rev(1, "deployed"), rev(2, "pending-upgrade")],
  [rev(1, "deployed"), rev(2, "pending-rollback")],
  [rev(1, "superseded"), rev(2, "uninstalled")],
  [rev(1, "uninstalled"), rev(2, "failed")],
  [rev(1, "uninstalled"), rev(2, "pending-install")],
  [rev(1, "deployed"), rev(2, "uninstalled")],
  [rev(9, "superseded"), rev(10, "uninstalled")],
  [rev(9, "uninstalled"), rev(10, "deployed")],
  [rev(9, "uninstalled"), rev(10, "failed")],
  [rev(9, "uninstalled"), rev(10, "pending-upgrade")],
  [rev(9, "deployed"), rev(10, "pending-upgrade")],
  [rev(9, "deployed"), rev(10, "uninstalled")],
  [rev(1, "uninstalled", { broken: true })],
  [rev(1, "deployed"), rev(2, "uninstalled", { broken: true })],
  [rev(1, "uninstalled"), rev(2, "deployed", { broken: true })],
  [rev(1, "uninstalled"), rev(2, "failed", { broken: true })],
  [rev(1, "deployed", { broken: true }), rev(2, "failed")],
  [rev(1, "deployed"), rev(2, "deployed", { broken: true }), rev(3, "failed")],
  [rev(1, "uninstalled", { label: "deployed" })],
  [rev(1, "deployed", { label: "uninstalled" })],
];

/** Writes a history as records made of revision 1 of the release `from`. */
export async function leaveHistory(
  history: readonly LeftRevision[],
  of: { readonly namespace: string; readonly from: string; readonly name: string; readonly file: string },
): Promise<void> {
  if (history.length === 0) return;
  const { namespace, from, name, file } = of;
  const text = await kubectl("-n", namespace, "get", "secret", `sh.helm.release.v1.${from}.v1`, "-o", "json");
  const secret: JsonObject = JSON.parse(text);
  const release: JsonObject = JSON.parse(gunzipSync(Buffer.from(plainOf(secret), "base64")).toString());
  const items = history.map(({ version, status, label = status, broken }) => {
    const info = { ...objectAt(release, "info"), status };
    const document = gzipSync(JSON.stringify({ ...release, name, version, info })).toString("base64");
    const labels = { ...objectAt(secret, "metadata", "labels"), name, version: String(version), status: label };
    return {
      apiVersion: "v1",
      kind: "Secret",
      type: "helm.sh/release.v1",
      metadata: { name: `sh.helm.release.v1.${name}.v${version}`, namespace, labels },
      data: { release: Buffer.from(broken === true ? "no record" : document).toString("base64") },
    };
  });
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl("create", "-f", file);
}

function plainOf(secret: JsonObject): string {
  const data = isJsonObject(secret) ? stringAt(secret, "data", "release") : undefined;
  if (data === undefined) throw new Error("no record to make histories of");
  return Buffer.from(data, "base64").toString();
}
