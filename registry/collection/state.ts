import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { asObject } from "../../engine/oci/descriptor.ts";

/** What a collection does, in this order. */
export const PHASES = [
  "count",
  "pins",
  "mark",
  "retire",
  "names",
  "sweep",
  "uploads",
  "indexes",
  "tidy",
  "total",
] as const;
/** One of {@link PHASES}. */
export type Phase = (typeof PHASES)[number];

/** What a collection did so far, as numbers. */
export const COUNTERS = [
  "pins",
  "pinsOrphaned",
  "manifests",
  "unreadable",
  "tagsExpired",
  "manifestsCondemned",
  "manifestsTaken",
  "namesTaken",
  "linksUsed",
  "linksCondemned",
  "linksTaken",
  "blobsUsed",
  "blobsCondemned",
  "blobsTaken",
  "bytesUsed",
  "bytesCondemned",
  "bytesTaken",
  "uploadsTaken",
  "indexesTaken",
] as const;
/** One of {@link COUNTERS}. */
export type Counter = (typeof COUNTERS)[number];
/** Numbers by counter. */
export type Counts = Readonly<Record<Counter, number>>;

/** No numbers yet. */
export const NO_COUNTS: Counts = {
  pins: 0,
  pinsOrphaned: 0,
  manifests: 0,
  unreadable: 0,
  tagsExpired: 0,
  manifestsCondemned: 0,
  manifestsTaken: 0,
  namesTaken: 0,
  linksUsed: 0,
  linksCondemned: 0,
  linksTaken: 0,
  blobsUsed: 0,
  blobsCondemned: 0,
  blobsTaken: 0,
  bytesUsed: 0,
  bytesCondemned: 0,
  bytesTaken: 0,
  uploadsTaken: 0,
  indexesTaken: 0,
};

/** How far a collection is, between its slices. */
export interface CollectionState {
  readonly epoch: number;
  /** `idle`: the collection of this epoch is over. */
  readonly phase: Phase | "idle";
  /** Where the phase goes on. */
  readonly cursor: string;
  /** When the epoch began. */
  readonly started: number;
  readonly counts: Counts;
  /** Bytes by project, as far as they were counted. */
  readonly held: Readonly<Record<string, number>>;
  /** Bytes of capped proxies by project and age class (registry/collection/age.ts). */
  readonly ages: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** A slice runs until then, unless it ends before. */
  readonly busy: number;
}

/** Before the first collection. */
export const FIRST_STATE: CollectionState = {
  epoch: 0,
  phase: "idle",
  cursor: "",
  started: 0,
  counts: NO_COUNTS,
  held: {},
  ages: {},
  busy: 0,
};

/** The state in a stored object. A malformed one is a defect. */
export function parseState(value: JsonObject): CollectionState {
  const { epoch, phase, cursor, started, busy } = value;
  const known = phase === "idle" ? phase : PHASES.find((name) => name === phase);
  if (typeof epoch !== "number" || known === undefined || typeof cursor !== "string") throw malformed();
  if (typeof started !== "number" || typeof busy !== "number") throw malformed();
  const counts = numbers(value["counts"]);
  const ages = Object.entries(asObject(value["ages"]) ?? {}).map(([project, of]) => [project, numbers(of)] as const);
  return {
    epoch,
    phase: known,
    cursor,
    started,
    busy,
    counts: { ...NO_COUNTS, ...counts },
    held: numbers(value["held"]),
    ages: Object.fromEntries(ages),
  };
}

function numbers(value: JsonValue | undefined): Readonly<Record<string, number>> {
  const entries = Object.entries(asObject(value) ?? {});
  return Object.fromEntries(entries.flatMap(([name, count]) => (typeof count === "number" ? [[name, count]] : [])));
}

function malformed(): Error {
  return new Error("the store holds a malformed state of the collection");
}
