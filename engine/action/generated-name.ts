import type { KubeObject } from "../object/object.ts";
import { getGenerateName, getName } from "../object/read.ts";
import type { Step } from "./step.ts";

/** What the API server makes names of. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX = 5;
const MAX_NAME = 63;

/**
 * An object that leaves its name to the API server, with the name that the server would make: so that a POST that is repeated finds
 * what the first one made. Others stay as they are.
 */
export function withGeneratedName(step: Step, object: KubeObject): KubeObject {
  const prefix = getGenerateName(object);
  if (prefix === "" || getName(object) !== "") return object;
  const suffix = [...step.deps.randomBytes(SUFFIX)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("");
  const name = `${prefix.slice(0, MAX_NAME - SUFFIX)}${suffix}`;
  return { ...object, metadata: { ...object.metadata, name } };
}
