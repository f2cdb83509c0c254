import { quote } from "../go/quote.ts";
import { fromUtf8, toUtf8 } from "../go/utf8.ts";
import { digestHex, digestOf } from "../oci/digest.ts";
import { ChartError } from "./chart-error.ts";
import type { Folder } from "./folder.ts";

/** sha256 of fetched archives in hex, by their name in `charts/`. */
export type ArchiveDigests = ReadonlyMap<string, string>;

/** A file beside the lock that says what the fetched archives are: what helm takes no notice of, and `sha256sum -c` checks. */
export interface DigestsFile {
  readonly folder: Folder;
  readonly chartPath: string;
  /** `Chart.lock.sha256`, or `requirements.lock.sha256` of an old chart. */
  readonly name: string;
}

const MAX_BYTES = 1024 * 1024;
const UPDATE = "'slipway dependency update'";

/** Digests of files in a folder. */
export async function digestsIn(folder: Folder, path: string, names: ReadonlySet<string>): Promise<ArchiveDigests> {
  const digests = new Map<string, string>();
  for (const name of [...names].sort()) digests.set(name, digestHex(await digestOf(folder.read(`${path}/${name}`))));
  return digests;
}

/** Whether there is such a file, whatever is in it. */
export function hasDigests({ folder, chartPath, name }: DigestsFile): boolean {
  return folder.kind(`${chartPath}/${name}`) !== undefined;
}

/** The digests that were written down. Throws {@link ChartError} for a file that is none. */
export function readDigests({ folder, chartPath, name }: DigestsFile): ArchiveDigests {
  const data = folder.read(`${chartPath}/${name}`);
  if (data.length > MAX_BYTES) throw new ChartError("dependency", `${name} is larger than ${MAX_BYTES} bytes`);
  const digests = new Map<string, string>();
  for (const [index, line] of fromUtf8(data).split("\n").entries()) {
    if (line === "") continue;
    const [, hex, archive] = /^([0-9a-f]{64}) [ *]charts\/([^/]+)$/.exec(line) ?? [];
    if (hex === undefined || archive === undefined) {
      const text = `${name}: line ${index + 1} is no sha256sum of a file in charts/. Please update the dependencies`;
      throw new ChartError("dependency", `${text} with 'slipway dependency update --digests'`);
    }
    digests.set(archive, hex);
  }
  return digests;
}

/** Writes digests down; without any there is no file. */
export function writeDigests({ folder, chartPath, name }: DigestsFile, digests: ArchiveDigests): void {
  const path = `${chartPath}/${name}`;
  const target = folder.linkTarget(path);
  if (target !== undefined) throw new ChartError("dependency", `the ${name} file is a symlink to ${quote(target)}`);
  if (digests.size > 0) {
    folder.write(path, toUtf8([...digests].map(([archive, hex]) => `${hex}  charts/${archive}\n`).join("")));
  } else if (folder.kind(path) !== undefined) folder.remove(path);
}

/** Throws {@link ChartError} where something fetched is not what was written down. */
export function checkDigests(name: string, known: ArchiveDigests, fetched: ArchiveDigests): void {
  for (const [archive, hex] of fetched) {
    const expected = known.get(archive);
    if (expected === hex) continue;
    const text =
      expected === undefined
        ? `is not in ${name}. Please update the dependencies with ${UPDATE}`
        : `is not what ${name} says: it has the digest ${hex}, not ${expected}. If that is right, update the dependencies with ${UPDATE}`;
    throw new ChartError("dependency", `charts/${archive} ${text}`);
  }
}

/** Archives that have other bytes under the same name. */
export function changedArchives(known: ArchiveDigests, fetched: ArchiveDigests): readonly string[] {
  return [...fetched].flatMap(([archive, hex]) => {
    const before = known.get(archive);
    return before === undefined || before === hex ? [] : [archive];
  });
}
