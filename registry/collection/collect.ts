import { LEAST_GRACE_MS } from "../content/condemned.ts";
import { objectBytes } from "../content/body.ts";
import { type CollectionLane, collectionKey } from "../content/keys.ts";
import type { ObjectStore, PutCondition } from "../content/object-store.ts";
import { readJson, writeJson } from "../content/record.ts";
import { StoreError } from "../content/store-error.ts";
import type { FindProject } from "../projects/project.ts";
import { beginCounts, endCounts } from "./account.ts";
import { ageClass } from "./age.ts";
import { type Budget, createBudget } from "./budget.ts";
import { removeIndexes } from "./indexes.ts";
import { removeMarks, removeUploads } from "./leftovers.ts";
import { collectPins, markManifests } from "./mark.ts";
import { emptyMarks, openMarks } from "./marks.ts";
import { releaseNames } from "./names.ts";
import type { PinSource } from "./pins.ts";
import { retireManifests } from "./retire.ts";
import type { PhaseStep, Run } from "./run.ts";
import {
  type CollectionState,
  type Counter,
  type Counts,
  FIRST_STATE,
  NO_COUNTS,
  parseState,
  type Phase,
  PHASES,
} from "./state.ts";
import { sweepContent } from "./sweep.ts";

/** What collecting needs. */
export interface CollectorDeps {
  readonly store: ObjectStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly find: FindProject;
  readonly pins: PinSource;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
  /** What is younger is left alone, and what was condemned is taken after this; at least a quarter of an hour. Milliseconds. */
  readonly grace: number;
}

/** One slice. */
export interface SliceOptions {
  /** Calls of the store that it may make; 40 at least. */
  readonly calls: number;
  /** Nothing is changed; its progress is kept beside that of the real collection. */
  readonly dryRun: boolean;
}

/** What a collection did until now. */
export interface CollectionReport {
  readonly epoch: number;
  /** `busy`: another process is at it, and nothing was done here. */
  readonly state: "running" | "done" | "busy";
  readonly phase: Phase | "idle";
  readonly counts: Counts;
}

/** Online collection, in slices. */
export interface Collector {
  /** Begins a collection, or goes on with it. After `done` the next call begins another one. */
  readonly advance: (options: SliceOptions) => Promise<CollectionReport>;
}

/** Fewer calls do not suffice for the largest step. */
const LEAST_CALLS = 40;
/** Calls to load and save a slice. */
const FRAME_CALLS = 5;
/** A slice that is not over by then was ended from outside. */
const SLICE_MS = 10 * 60_000;
/** References to one manifest of a store of unknown size. */
const FIRST_KEYS = 10_000;
/** Keys that a manifest marks, on average. */
const KEYS_PER_MANIFEST = 6;

const STEPS: Readonly<Record<Phase, PhaseStep>> = {
  count: beginCounts,
  pins: collectPins,
  mark: markManifests,
  retire: retireManifests,
  names: releaseNames,
  sweep: sweepContent,
  uploads: removeUploads,
  indexes: removeIndexes,
  tidy: removeMarks,
  total: endCounts,
};

/** A collector over a store. */
export function createCollector(deps: CollectorDeps): Collector {
  if (deps.grace < LEAST_GRACE_MS) throw new RangeError("the grace time of a collection is too short");
  return {
    advance: async ({ calls, dryRun }) => {
      const budget = createBudget(deps.store, Math.max(calls, LEAST_CALLS) - FRAME_CALLS, deps.pause);
      const lane = dryRun ? "dry" : "real";
      const slice = await begin(deps, lane);
      if (slice.kind === "busy") return report(slice.state, "busy");
      const end = await tryWork(deps, slice, budget);
      await save(deps.store, lane, slice, end);
      return report(end, end.phase === "idle" ? "done" : "running");
    },
  };
}

function report(of: CollectionState, state: CollectionReport["state"]): CollectionReport {
  return { epoch: of.epoch, state, phase: of.phase, counts: of.counts };
}

interface Slice {
  readonly kind: "slice";
  readonly state: CollectionState;
  readonly etag: string;
  readonly marks: Uint8Array;
  /** Another process that went on with the collection changed them. */
  readonly marksCondition: PutCondition;
  readonly lane: CollectionLane;
}

/** Takes the state for this slice. The first state is written before anything is condemned: whoever pushes looks for it. */
async function begin(
  { store, now }: CollectorDeps,
  lane: CollectionLane,
): Promise<Slice | { readonly kind: "busy"; readonly state: CollectionState }> {
  const key = collectionKey(lane, "state");
  const stored = await readJson(store, key);
  const known = stored === undefined ? FIRST_STATE : parseState(stored.value);
  if (known.busy > now()) return { kind: "busy", state: known };
  const kept = await readMarks(store, lane);
  const begun = known.phase === "idle" || kept === undefined ? nextEpoch(known, now()) : known;
  const state = { ...begun, busy: now() + SLICE_MS };
  const condition: PutCondition = stored === undefined ? { kind: "absent" } : { kind: "etag", etag: stored.etag };
  const put = await writeJson(store, key, state, condition);
  if (put.kind === "conflict") return { kind: "busy", state: known };
  const isFirst = kept === undefined || (begun.phase === "count" && begun.cursor === "");
  const marks = isFirst ? emptyMarks(Math.max(FIRST_KEYS, known.counts.manifests * KEYS_PER_MANIFEST)) : kept.bytes;
  const held: PutCondition = kept === undefined ? { kind: "absent" } : { kind: "etag", etag: kept.etag };
  return { kind: "slice", state, etag: put.etag, marks, marksCondition: held, lane };
}

/** Also where the marks of an earlier slice are lost: a collection without them would take everything. */
function nextEpoch(known: CollectionState, now: number): CollectionState {
  return { ...FIRST_STATE, epoch: known.epoch + 1, phase: "count", started: now };
}

async function readMarks(
  store: ObjectStore,
  lane: CollectionLane,
): Promise<{ readonly bytes: Uint8Array; readonly etag: string } | undefined> {
  const object = await store.get(collectionKey(lane, "marks"));
  return object === undefined ? undefined : { bytes: new Uint8Array(await objectBytes(object)), etag: object.etag };
}

async function save(store: ObjectStore, lane: CollectionLane, slice: Slice, end: CollectionState): Promise<void> {
  const body = { kind: "bytes", bytes: slice.marks } as const;
  const marks =
    end.phase === "idle"
      ? undefined
      : await store.put(collectionKey(lane, "marks"), body, { condition: slice.marksCondition });
  if (marks?.kind === "conflict") throw overtaken();
  const put = await writeJson(store, collectionKey(lane, "state"), end, { kind: "etag", etag: slice.etag });
  if (put.kind === "conflict") throw overtaken();
}

function overtaken(): StoreError {
  return new StoreError("unavailable", "another process went on with the collection");
}

/** Works, and leaves the slice to whoever comes next when that fails. */
async function tryWork(deps: CollectorDeps, slice: Slice, budget: Budget): Promise<CollectionState> {
  try {
    return await work(deps, slice, budget);
  } catch (error) {
    const key = collectionKey(slice.lane, "state");
    const state = { ...slice.state, busy: 0 };
    await writeJson(deps.store, key, state, { kind: "etag", etag: slice.etag }).catch(() => undefined);
    throw error;
  }
}

async function work(deps: CollectorDeps, slice: Slice, budget: Budget): Promise<CollectionState> {
  const { state } = slice;
  const tally = createTally(state);
  const run = createRun(deps, slice, { budget, tally });
  let at = PHASES.findIndex((phase) => phase === state.phase);
  let cursor = state.cursor;
  for (let phase = PHASES[at]; phase !== undefined; phase = PHASES[++at]) {
    const progress = await STEPS[phase](run, cursor);
    if (!progress.done) return { ...state, ...tally.read(), phase, cursor: progress.cursor, busy: 0 };
    cursor = "";
  }
  return { ...state, ...tally.read(), phase: "idle", cursor: "", busy: 0 };
}

function createRun(
  { store: _store, now, find, pins, grace }: CollectorDeps,
  { state, marks, lane }: Slice,
  { budget, tally }: { readonly budget: Budget; readonly tally: Tally },
): Run {
  const { epoch, started } = state;
  return {
    store: budget.store,
    budget,
    find,
    pins,
    marks: openMarks(marks, epoch),
    epoch,
    started,
    before: started - grace,
    now,
    dryRun: lane === "dry",
    count: tally.count,
    hold: tally.hold,
    held: () => tally.read().held,
    addAge: tally.addAge,
    agesOf: (project) => tally.read().ages[project] ?? {},
  };
}

type Tallied = Pick<CollectionState, "counts" | "held" | "ages">;

interface Tally {
  readonly count: (counter: Counter, by?: number) => void;
  readonly hold: (project: string, bytes: number) => void;
  readonly addAge: (project: string, age: number, bytes: number) => void;
  readonly read: () => Tallied;
}

/** Numbers that go on where an earlier slice stopped. */
function createTally(start: Tallied): Tally {
  const counts: Record<Counter, number> = { ...NO_COUNTS, ...start.counts };
  const held = new Map(Object.entries(start.held));
  const ages = new Map(Object.entries(start.ages).map(([project, of]) => [project, new Map(Object.entries(of))]));
  return {
    count: (counter, by = 1) => {
      counts[counter] += by;
    },
    hold: (project, bytes) => void held.set(project, (held.get(project) ?? 0) + bytes),
    addAge: (project, age, bytes) => {
      const of = ages.get(project) ?? new Map<string, number>();
      const key = String(ageClass(age));
      ages.set(project, of.set(key, (of.get(key) ?? 0) + bytes));
    },
    read: () => ({
      counts: { ...counts },
      held: Object.fromEntries(held),
      ages: Object.fromEntries([...ages].map(([project, of]) => [project, Object.fromEntries(of)])),
    }),
  };
}
