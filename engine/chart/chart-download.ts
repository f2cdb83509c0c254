import { EngineError } from "../errors.ts";
import { basePath, cleanPath } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import { pullLayer } from "../oci/chart-pull.ts";
import { digestHex, digestOf } from "../oci/digest.ts";
import { ChartError } from "./chart-error.ts";
import { parseReference, shownReference, transferText } from "./chart-reference.ts";
import { resolveChart } from "./chart-resolve.ts";
import type { Resolved } from "./chart-resolve.ts";
import type { DownloadPlace, DownloadWish } from "./download-place.ts";
import type { Folder } from "./folder.ts";
import { verifyArchive } from "./provenance.ts";
import type { SignatureReader, Verification } from "./provenance.ts";
import { httpGet, registrySession } from "./transfer.ts";

/** A chart that was fetched. */
export interface Downloaded {
  readonly path: string;
  readonly verification?: Verification;
}

/** Fetches a chart into a directory, as `helm pull` does. Throws with Helm's text. */
export async function downloadTo(place: DownloadPlace, wish: DownloadWish, directory: string): Promise<Downloaded> {
  const { folder } = place;
  const resolved = await resolveChart(place, wish);
  const hash = resolved.digest === "" ? undefined : checkedHash(resolved.digest);
  const data = (await readCache(place, hash, ".chart")) ?? (await getContent(place, resolved, false));
  const path = cleanPath(`${directory}/${fileName(resolved)}`);
  writeFile(folder, path, data);
  if (wish.verify === "never") return { path };
  const provenance = (await readCache(place, hash, ".prov")) ?? (await getProvenance(place, resolved, wish));
  if (provenance === undefined) return { path };
  writeFile(folder, `${path}.prov`, provenance);
  if (wish.verify === "later") return { path };
  return { path, verification: await verify(place, wish, { name: basePath(path), data }, provenance) };
}

function writeFile(folder: Folder, path: string, data: Uint8Array): void {
  folder.write(path, data);
}

/** Fetches a chart into the cache, as `helm show` and `helm template` do, and gives its path there. Throws with Helm's text. */
export async function downloadToCache(place: DownloadPlace, wish: DownloadWish): Promise<string> {
  const { folder } = place;
  const resolved = await resolveChart(place, wish);
  const known = resolved.digest === "" ? undefined : checkedHash(resolved.digest);
  const cached = await readCache(place, known, ".chart");
  const data = cached ?? (await getContent(place, resolved, false));
  const hash = known ?? digestHex(await digestOf(data));
  const path = cachePath(place, hash, ".chart");
  if (cached === undefined) writeCache(folder, path, data);
  if (wish.verify === "never") return path;
  const kept = await readCache(place, hash, ".prov");
  const provenance = kept ?? (await getProvenance(place, resolved, wish));
  if (provenance === undefined) return path;
  if (kept === undefined) writeCache(folder, cachePath(place, hash, ".prov"), provenance);
  if (wish.verify !== "later") await verify(place, wish, { name: fileName(resolved), data }, provenance);
  return path;
}

function writeCache(folder: Folder, path: string, data: Uint8Array): void {
  folder.makeDirectory(path.slice(0, path.lastIndexOf("/")));
  folder.write(path, data);
}

function cachePath({ contentCache }: DownloadPlace, hash: string, kind: ".chart" | ".prov"): string {
  return `${contentCache}/${hash.slice(0, 2)}/${hash}${kind}`;
}

/** What the cache has under a digest. Unlike Helm's, a chart that does not have its digest is not taken. */
async function readCache(
  place: DownloadPlace,
  hash: string | undefined,
  kind: ".chart" | ".prov",
): Promise<Uint8Array | undefined> {
  if (hash === undefined) return undefined;
  const path = cachePath(place, hash, kind);
  if (place.folder.kind(path) !== "file") return undefined;
  const data = place.folder.read(path);
  if (data.length === 0) return undefined;
  return kind === ".chart" && digestHex(await digestOf(data)) !== hash ? undefined : data;
}

function checkedHash(digest: string): string {
  const hex = digest.slice(digest.indexOf(":") + 1);
  const odd = /[^0-9a-fA-F]/.exec(hex);
  if (odd !== null) throw new ChartError("repository", `encoding/hex: invalid byte: ${byteText(odd[0])}`);
  if (hex.length % 2 === 1) throw new ChartError("repository", "encoding/hex: odd length hex string");
  if (hex.length !== 64) throw new ChartError("repository", `invalid digest length: ${hex.length / 2}`);
  return hex.toLowerCase();
}

function byteText(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")} '${char}'`;
}

/** The file name that Helm gives a chart: the URL's last part; `NAME-VERSION.tgz` for one from a registry. */
function fileName({ scheme, path }: Resolved): string {
  const name = basePath(path);
  if (scheme !== "oci") return name;
  const colon = name.lastIndexOf(":");
  return `${name.slice(0, colon)}-${name.slice(colon + 1)}.tgz`;
}

async function verify(
  place: DownloadPlace,
  wish: DownloadWish,
  archive: { readonly name: string; readonly data: Uint8Array },
  provenance: Uint8Array,
): Promise<Verification> {
  return await verifyArchive(await openKeyring(place, wish.keyring), archive, provenance);
}

/** Opens a keyring. Throws with Helm's text. */
export async function openKeyring(place: Pick<DownloadPlace, "openKeyring">, path: string): Promise<SignatureReader> {
  try {
    return await place.openKeyring(path);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new ChartError("provenance", `failed to load keyring: ${cause.message}`, {}, { cause });
  }
}

async function getProvenance(
  place: DownloadPlace,
  resolved: Resolved,
  wish: DownloadWish,
): Promise<Uint8Array | undefined> {
  try {
    return await getContent(place, resolved, true);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    if (wish.verify === "always") {
      throw new ChartError("provenance", `failed to fetch provenance ${quote(`${resolved.url}.prov`)}`, {}, { cause });
    }
    place.print(`WARNING: Verification not found for ${wish.reference}: ${cause.message}\n`);
    return undefined;
  }
}

async function getContent(place: DownloadPlace, resolved: Resolved, isProvenance: boolean): Promise<Uint8Array> {
  const { network, printPulled } = place;
  if (resolved.scheme !== "oci") {
    const url = isProvenance ? `${resolved.url}.prov` : resolved.url;
    return await httpGet(network, url, resolved.choice, resolved.base);
  }
  const reference = parseReference(resolved.url.slice("oci://".length));
  const { host, repository, tag, digest } = reference;
  const target = tag === "" ? digest : tag;
  const layer = await pullLayer(
    {
      session: registrySession(network, host, resolved.choice, "pull"),
      shown: shownReference(reference),
      repository,
      reference: target,
    },
    isProvenance ? "provenance" : "chart",
  );
  if (layer.isLegacy) printPulled("Warning: chart media type application/tar+gzip is deprecated\n");
  printPulled(transferText("Pulled", shownReference(reference), layer.digest));
  return layer.data;
}
