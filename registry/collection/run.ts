import type { Digest } from "../../engine/oci/digest.ts";
import { condemnOrTake, type Fate } from "../content/condemned.ts";
import type { ObjectStore } from "../content/object-store.ts";
import type { FindProject } from "../projects/project.ts";
import type { Budget } from "./budget.ts";
import type { Marks } from "./marks.ts";
import type { PinSource } from "./pins.ts";
import type { Counter } from "./state.ts";

/** One slice of a collection, as its phases see it. */
export interface Run {
  readonly store: ObjectStore;
  readonly budget: Budget;
  readonly find: FindProject;
  readonly pins: PinSource;
  readonly marks: Marks;
  readonly epoch: number;
  readonly started: number;
  /** What is younger than this is left alone, used or not. */
  readonly before: number;
  readonly now: () => number;
  /** Nothing is condemned or taken, only counted. */
  readonly dryRun: boolean;
  readonly count: (counter: Counter, by?: number) => void;
  /** Adds to what a project holds. */
  readonly hold: (project: string, bytes: number) => void;
  /** What projects hold, as far as it was counted. */
  readonly held: () => Readonly<Record<string, number>>;
  readonly addAge: (project: string, age: number, bytes: number) => void;
  /** What was added by age, by project. */
  readonly agesOf: (project: string) => Readonly<Record<string, number>>;
}

/** Where a phase stands at the end of a slice; `done`: it is over. */
export type Progress = { readonly done: true } | { readonly done: false; readonly cursor: string };

/** The phase is over. */
export const DONE: Progress = { done: true };

/** A phase: goes on behind `cursor` (empty at first) as long as the budget allows. */
export type PhaseStep = (run: Run, cursor: string) => Promise<Progress>;

/**
 * What becomes of an object that is not in use. A dry run condemns it in words only. Without `mayTake` it is condemned at most, and may
 * be taken in the next collection.
 */
export async function judge(
  { store, now, epoch, before, dryRun }: Run,
  key: string,
  take: () => Promise<boolean>,
  { mayTake = true }: { readonly mayTake?: boolean } = {},
): Promise<Fate> {
  if (dryRun) return "condemned";
  return await condemnOrTake({ store, now, epoch, before: mayTake ? before : Number.NEGATIVE_INFINITY }, key, take);
}

/** The mark of a pinned digest. */
export function pinMark(digest: Digest | string): string {
  return `pin ${digest}`;
}

/** The mark of a repository of which not every manifest could be read, named as links name it: its links stay. */
export function unreadableMark(repository: string): string {
  return `unreadable ${repository}`;
}
