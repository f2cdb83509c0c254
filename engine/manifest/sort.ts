import { atoi } from "../go/strconv.ts";
import { compareBytes } from "../go/value.ts";
import { decodeHead } from "./head.ts";
import type { ManifestHead } from "./head.ts";
import type { Hook, HookEvent } from "./hook.ts";
import { INSTALL_ORDER, sortByKind } from "./kind-order.ts";
import { isBlank, splitManifests } from "./split.ts";

/** A document that is no hook. */
export interface Manifest {
  /** The template's path. */
  readonly path: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  /** The document's text without the `# Source:` line. */
  readonly content: string;
}

/** What rendered files hold, each list in install order. */
export interface SortedManifests {
  readonly hooks: readonly Hook[];
  readonly manifests: readonly Manifest[];
}

/**
 * Splits rendered files, by path in byte order, into hooks and manifests. Partials and blank files are skipped. Throws
 * {@link ManifestError} with Helm's `YAML parse error on PATH: …`. `onUnknownHook` hears of documents that are dropped, with the raw
 * annotation.
 *
 * Helm compatibility: one unknown event in `helm.sh/hook` makes the whole document disappear.
 */
export function sortManifests(
  files: ReadonlyMap<string, string>,
  onUnknownHook?: (events: string) => void,
): SortedManifests {
  const hooks: Hook[] = [];
  const manifests: Manifest[] = [];
  for (const path of [...files.keys()].sort(compareBytes)) {
    const text = files.get(path) ?? "";
    if (isPartial(path) || isBlank(text)) continue;
    for (const content of splitManifests(text)) {
      const head = decodeHead(content, path);
      const events = head.annotations.get("helm.sh/hook");
      if (events === undefined) {
        manifests.push({ path, kind: head.kind, apiVersion: head.apiVersion, name: head.name, content });
        continue;
      }
      const known = parseEvents(events);
      if (known === undefined) onUnknownHook?.(events);
      else hooks.push(createHook(head, known, path, content));
    }
  }
  return { hooks: sortByKind(hooks, INSTALL_ORDER), manifests: sortByKind(manifests, INSTALL_ORDER) };
}

/** True for a file whose base name starts with `_`. */
export function isPartial(path: string): boolean {
  return path.charCodeAt(path.lastIndexOf("/") + 1) === 0x5f;
}

const EVENTS: ReadonlyMap<string, HookEvent> = new Map<string, HookEvent>([
  ["pre-install", "pre-install"],
  ["post-install", "post-install"],
  ["pre-delete", "pre-delete"],
  ["post-delete", "post-delete"],
  ["pre-upgrade", "pre-upgrade"],
  ["post-upgrade", "post-upgrade"],
  ["pre-rollback", "pre-rollback"],
  ["post-rollback", "post-rollback"],
  ["test", "test"],
  ["test-success", "test"],
]);

function parseEvents(text: string): readonly HookEvent[] | undefined {
  const events: HookEvent[] = [];
  for (const word of words(text)) {
    const event = EVENTS.get(word);
    if (event === undefined) return undefined;
    events.push(event);
  }
  return events;
}

function createHook(head: ManifestHead, events: readonly HookEvent[], path: string, manifest: string): Hook {
  const weight = atoi(head.annotations.get("helm.sh/hook-weight") ?? "");
  return {
    name: head.name,
    kind: head.kind,
    path,
    manifest,
    events,
    weight: weight.failure === undefined ? Number(weight.value) : 0,
    deletePolicies: policies(head, "helm.sh/hook-delete-policy"),
    outputLogPolicies: policies(head, "helm.sh/hook-output-log-policy"),
    lastRun: { phase: "" },
  };
}

function policies(head: ManifestHead, annotation: string): readonly string[] {
  const text = head.annotations.get(annotation);
  return text === undefined ? [] : words(text);
}

function words(text: string): readonly string[] {
  return text.split(",").map((word) => word.trim().toLowerCase());
}
