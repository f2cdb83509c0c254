/** Longest release name: the record's name and the labels made of it must stay legal. */
const MAX_NAME = 53;
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const NAME_PATTERN = String.raw`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`;

/** Helm's text about a name that it refuses, or `undefined` when the name is good. */
export function checkReleaseName(name: string): string | undefined {
  if (name === "") return "no name provided";
  if (name.length <= MAX_NAME && NAME.test(name)) return undefined;
  return `invalid release name, must match regex ${NAME_PATTERN} and the length must not be longer than ${MAX_NAME}`;
}

/** Name of the Secret that holds a revision. */
export function recordName(release: string, version: number): string {
  return `sh.helm.release.v1.${release}.v${version}`;
}
