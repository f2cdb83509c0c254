import { addressOf, createObject, getObject, patchObject, replaceObject, type WriteResult } from "../kube/client.ts";
import { type ClientPatch, isMistyped } from "../kube/client-patch.ts";
import { isKubeError, KubeError } from "../kube/error.ts";
import { ownershipProblems } from "../kube/ownership.ts";
import { stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getAnnotation, getName, getNamespace, getResourceVersion } from "../object/read.ts";
import { patchFor } from "../plan/decide.ts";
import type { ClientWrite, PlannedObject } from "../plan/plan.ts";
import { eventObject } from "./event-object.ts";
import type { Step } from "./step.ts";
import { noteWritten } from "./written-jobs.ts";

/** Tries of a write that met a change of a quota or of the object, as Helm makes. */
const TRIES = 5;

const NO_NAME = "could not get information about the resource: resource name may not be empty";

/** A planned object that is not applied server-side. */
export type ClientPlanned = PlannedObject & { readonly client: ClientWrite };

/** How such a write went: what became of the object, or Helm's text for the refusal. */
export type ClientWritten =
  | { readonly result: "created" | "configured" | "unchanged" | "skipped" }
  | { readonly refusal: KubeError; readonly text: string };

/** Writes an object as planned. Every try reads what is there first, so that it may run again. Throws what is no refusal. */
export async function writeClientSide(
  step: Step,
  planned: ClientPlanned,
  isRefusal: (error: unknown) => error is KubeError,
): Promise<ClientWritten> {
  const words = { text: (error: KubeError): string => error.message };
  try {
    if (getName(planned.object) === "") throw new KubeError("bad-name", NO_NAME);
    switch (planned.client.manner) {
      case "create":
        return await create(step, planned, planned.client.existing, words);
      case "patch":
        return await patch(step, planned, planned.client, words);
      default:
        return await replace(step, planned, words);
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { refusal: error, text: words.text(error) };
  }
}

/** What a refusal is called at the moment: which of the requests was refused. */
interface Words {
  text: (error: KubeError) => string;
}

/** POST; what is there already may be what an earlier try made. */
async function create(
  step: Step,
  planned: ClientPlanned,
  existing: "own" | "skip",
  words: Words,
): Promise<ClientWritten> {
  try {
    const made = await repeated(() => createObject(step.session, planned.mapping, withoutVersion(planned.object)));
    noteWritten(step, made.object);
    return { result: "created" };
  } catch (error) {
    if (!isKubeError(error, "already-exists")) throw error;
    if (existing === "skip") return { result: "skipped" };
    const live = await getObject(step.session, planned.mapping, addressOf(planned.object));
    if (live === undefined || !isOurs(live, planned.object)) throw error;
    const client = { manner: "patch", original: "target", threeWay: false } as const;
    const written = await patchLive(step, planned, { client, live }, words);
    return "result" in written ? { result: "created" } : written;
  }
}

/** Nobody but this operation makes an object with the release's ownership: its record keeps others away. */
function isOurs(live: KubeObject, wanted: KubeObject): boolean {
  const name = getAnnotation(wanted, "meta.helm.sh/release-name") ?? "";
  const namespace = getAnnotation(wanted, "meta.helm.sh/release-namespace") ?? "";
  return name !== "" && ownershipProblems(live, { name, namespace }).length === 0;
}

async function patch(
  step: Step,
  planned: ClientPlanned,
  client: Extract<ClientWrite, { manner: "patch" }>,
  words: Words,
): Promise<ClientWritten> {
  const at = addressOf(planned.object);
  const of = `${getNamespace(planned.object)}/${getName(planned.object)}`;
  words.text = (error) => `failed to create patch: unable to get data for current object ${of}: ${error.message}`;
  const live = await getObject(step.session, planned.mapping, at);
  if (live === undefined) {
    words.text = (error) => error.message;
    return create(step, planned, "own", words);
  }
  return patchLive(step, planned, { client, live }, words);
}

async function patchLive(
  step: Step,
  planned: ClientPlanned,
  of: { readonly client: Extract<ClientWrite, { manner: "patch" }>; readonly live: KubeObject },
  words: Words,
): Promise<ClientWritten> {
  const { client, live } = of;
  const at = addressOf(planned.object);
  words.text = (error) => `failed to create patch: ${error.message}`;
  const made = patchFor(planned.object, live, client);
  if (made === undefined) return { result: "unchanged" };
  words.text = (error) => `cannot patch "${at.name}" with kind ${planned.object.kind}: ${error.message}`;
  const send = async (body: ClientPatch): Promise<ClientWritten> => {
    const written = await patchObject(step.session, planned.mapping, at, body);
    noteWritten(step, written.object);
    return { result: changed(written, live) };
  };
  try {
    return await send(made);
  } catch (error) {
    if (!isKubeError(error) || made.type !== "strategic" || !isMistyped(error)) throw error;
    const untyped = patchFor(planned.object, live, { ...client, untyped: true });
    return untyped === undefined ? { result: "unchanged" } : await send(untyped);
  }
}

/** A patch that only says the order of items, or what a default says too, changes nothing. */
function changed(written: WriteResult, live: KubeObject): "configured" | "unchanged" {
  return getResourceVersion(written.object) === getResourceVersion(live) ? "unchanged" : "configured";
}

/** PUT over the version that is there. */
async function replace(step: Step, planned: ClientPlanned, words: Words): Promise<ClientWritten> {
  const at = { ...addressOf(planned.object), metadataOnly: true };
  words.text = (error) => `failed to replace object: ${error.message}`;
  return repeated(async () => {
    const live = await getObject(step.session, planned.mapping, at);
    if (live === undefined) {
      words.text = (error) => error.message;
      return create(step, planned, "own", words);
    }
    const own = stringAt(planned.object, "metadata", "resourceVersion") ?? "";
    const version = own === "" ? (getResourceVersion(live) ?? "") : own;
    const metadata = { ...planned.object.metadata, resourceVersion: version };
    const written = await replaceObject(
      step.session,
      planned.mapping,
      { ...planned.object, metadata },
      { fieldValidation: "Strict" },
    );
    noteWritten(step, written.object);
    return { result: changed(written, live) };
  });
}

/** Tries again what met somebody else's change. */
async function repeated<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (!isKubeError(error, "conflict") || attempt === TRIES) throw error;
    }
  }
}

/** A version may not be said of an object that is made. */
function withoutVersion(object: KubeObject): KubeObject {
  if (!("resourceVersion" in object.metadata)) return object;
  const { resourceVersion: _dropped, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Makes an object of a hook. `before`: the uid of what was there before the hook; another one was made by an earlier try. */
export async function createHookObject(
  step: Step,
  target: Pick<PlannedObject, "object" | "mapping">,
  before: string,
): Promise<KubeObject> {
  const { object, mapping } = target;
  try {
    return (await repeated(() => createObject(step.session, mapping, withoutVersion(object)))).object;
  } catch (error) {
    if (!isKubeError(error, "already-exists")) throw error;
    const live = await getObject(step.session, mapping, { ...addressOf(object), metadataOnly: true });
    if (live === undefined || stringAt(live, "metadata", "uid") === before) throw error;
    return live;
  }
}

/** True for a planned object that is not applied server-side. */
export function isClientSide(planned: PlannedObject): planned is ClientPlanned {
  return planned.client !== undefined;
}

/** Tells how a write went. Gives the refusal. */
export function tellWritten(step: Step, planned: ClientPlanned, written: ClientWritten): void {
  if (!("result" in written)) return;
  const object = eventObject(planned.object);
  if (written.result !== "skipped") step.emit({ type: "resource", object, result: written.result });
  else step.emit({ type: "resource", object, result: "skipped", message: "it is there already" });
}
