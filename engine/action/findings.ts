import { isJsonObject, objectAt, stringAt } from "../object/json.ts";
import type { PolicyFinding, PolicyObject } from "../plugin/index.ts";
import type { Hearing } from "./hearing.ts";

/**
 * Findings with what is secret cut out of all that a policy wrote: it is shown no data of Secrets, but copies of it may stand elsewhere. What an object
 * of the plan is called stays, wherever else it stands.
 */
export function veiledFindings(
  findings: readonly PolicyFinding[],
  objects: readonly PolicyObject[],
  { hideAll }: Pick<Hearing, "hideAll">,
): readonly PolicyFinding[] {
  if (findings.length === 0) return findings;
  const names = new Set(["", ...objects.flatMap(namesOf)]);
  const texts = findings.flatMap(textsOf);
  const hidden = hideAll(texts.map((text) => (names.has(text) ? "" : text)));
  const shown = texts.map((text, index) => (names.has(text) ? text : (hidden[index] ?? "")));
  return findings.map(({ severity }, index) => {
    const [apiVersion = "", kind = "", namespace = "", name = "", field = "", message = ""] = shown.slice(
      index * TEXTS,
      (index + 1) * TEXTS,
    );
    return { severity, object: { apiVersion, kind, namespace, name }, field, message };
  });
}

/** Of a finding: what `textsOf` gives. */
const TEXTS = 6;

function textsOf({ object, field, message }: PolicyFinding): readonly string[] {
  return [object.apiVersion, object.kind, object.namespace, object.name, field, message];
}

function namesOf({ object }: PolicyObject): readonly string[] {
  const metadata = objectAt(object, "metadata");
  const named = isJsonObject(metadata) ? [stringAt(metadata, "namespace"), stringAt(metadata, "name")] : [];
  return [stringAt(object, "apiVersion"), stringAt(object, "kind"), ...named].filter((name) => name !== undefined);
}
