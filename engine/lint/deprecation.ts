import { DEPRECATIONS } from "./deprecation-table.ts";

interface Deprecation {
  readonly since: readonly [number, number];
  readonly message: string;
}

const table: ReadonlyMap<string, Deprecation> = new Map(
  DEPRECATIONS.trim()
    .split("\n")
    .map((line) => {
      const [object = "", since = "", removed = "", instead = ""] = line.split("|");
      const gone = removed === "" ? "" : `, unavailable in v${removed}+`;
      const use = instead === "" ? "" : `; use ${instead}`;
      return [object, { since: pair(since), message: `${object} is deprecated in v${since}+${gone}${use}` }];
    }),
);

function pair(version: string): readonly [number, number] {
  const [major = "", minor = ""] = version.split(".");
  return [Number(major), Number(minor)];
}

/** Kubernetes' warning about a built-in kind that is deprecated in a version; `undefined` for all others. */
export function deprecationWarning(
  object: { readonly apiVersion: string; readonly kind: string },
  kubeVersion: { readonly major: string; readonly minor: string },
): string | undefined {
  const known = table.get(`${object.apiVersion} ${object.kind}`);
  if (known === undefined) return undefined;
  const [major, minor] = known.since;
  const wanted = Number(kubeVersion.major);
  const isOut = major < wanted || (major === wanted && minor <= Number(kubeVersion.minor));
  return isOut ? known.message : undefined;
}
