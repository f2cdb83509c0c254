import type { PartStore } from "../../engine/action/action.ts";
import { toJsonValue } from "../../engine/encoding/index.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { Release } from "../../engine/release/release.ts";
import { toBytes } from "../http/digest.ts";
import { isJsonObject } from "../http/json.ts";
import type { SecretBox } from "../http/secret-box.ts";
import type { Standing } from "./journal.ts";

/** The release that a dry run made. Raw: it may hold secrets. */
export interface DryRelease {
  readonly manifest: string;
  readonly hooks: Release["hooks"];
  readonly notes: string;
  /** The values that the user gave. */
  readonly config: JsonObject;
}

interface DryRunDeps {
  readonly parts: PartStore;
  readonly box: SecretBox;
}

/**
 * Keeps what a dry run made, sealed, for as long as parts last. Gives what the journal names it by: sealed too, as the digest of a manifest
 * tells guesses at its secrets.
 */
export async function keepDryRun(
  { parts, box }: DryRunDeps,
  operation: string,
  { manifest, hooks, info, config }: Release,
): Promise<string> {
  const values = toJsonValue(config);
  const kept: DryRelease = { manifest, hooks, notes: info.notes ?? "", config: isJsonObject(values) ? values : {} };
  const digest = await parts.put(toBytes(JSON.stringify(kept)));
  return await box.seal(toBytes(digest), owner(operation));
}

/** What the operation's dry run made; `undefined` where it was none, or its parts are gone. */
export async function readDryRun(
  { parts, box }: DryRunDeps,
  { operation, end }: Pick<Standing, "operation" | "end">,
): Promise<DryRelease | undefined> {
  if (end?.dryRun === undefined) return undefined;
  const digest = await box.open(end.dryRun, owner(operation));
  if (digest === undefined) throw new Error("operation: what its dry run made cannot be opened");
  const bytes = await parts.get(new TextDecoder().decode(digest));
  return bytes === undefined ? undefined : parseDryRelease(new TextDecoder().decode(bytes));
}

/** Written by {@link keepDryRun} alone, and sealed since. */
function parseDryRelease(text: string): DryRelease {
  const release: DryRelease = JSON.parse(text);
  return release;
}

function owner(operation: string): string {
  return `dry run of ${operation}`;
}
