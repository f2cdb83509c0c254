import { GoFailure, GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { escapeToken } from "./location.ts";
import type { Schema } from "./schema.ts";

/** Why a value is refused: where it stands, Go's message and what led to it. */
export interface Failure {
  /** Only a bracket around several failures of one schema. */
  readonly isGroup: boolean;
  /** Only a bracket around what a reference led to; with one cause it is not shown. */
  readonly isReference: boolean;
  readonly pointer: string;
  readonly text: string;
  readonly causes: readonly Failure[];
}

/** One schema being applied to one value. The chain of parents is the dynamic scope. */
export interface Frame {
  readonly run: Run;
  readonly schema: Schema;
  readonly value: GoValue;
  readonly parent: Frame | undefined;
  /** The key or index by which the value was reached from the parent's; `undefined` for the same value. */
  readonly token: string | undefined;
  /** The reference by which the schema was reached, if any. */
  readonly keyword: string;
  /** The metaschema in force, when a schema is the instance. */
  readonly meta: Schema | undefined;
  /** Only whether it is valid counts. */
  readonly quick: boolean;
  readonly depth: number;
  readonly errors: Failure[];
  properties: Set<string> | undefined;
  items: Set<number> | undefined;
}

/** What all frames of one validation share. */
export interface Run {
  /** Applications of a schema so far. */
  steps: number;
  /** Exchanges a metaschema for the one that governs the resource at a pointer of the instance. */
  readonly metaAt: ((pointer: string) => Schema | undefined) | undefined;
}

/**
 * Applications of a schema that one validation may make: ten times what the largest charts need, under two seconds. Nested
 * alternatives can otherwise double at each level.
 */
const MAX_STEPS = 300_000;
/** Frames inside one another: each is several calls deep, and references need not descend into the value. */
const MAX_FRAMES = 500;

/** Counts work that grows with schema and value together. */
export function spend(run: Run, steps: number): void {
  run.steps += steps;
  if (run.steps > MAX_STEPS) throw new GoFailure("unable to validate schema: too many steps");
}

export interface FrameInput {
  readonly schema: Schema;
  readonly value: GoValue;
  readonly token?: string;
  readonly keyword?: string;
  readonly quick?: boolean;
  /** The caller wants to know what was evaluated. */
  readonly tracked?: boolean;
}

/** The frame of a root: a whole instance, or a property name. */
export function rootFrame(run: Run, schema: Schema, value: GoValue, meta: Schema | undefined, depth: number): Frame {
  return open(run, undefined, { schema, value }, meta, depth);
}

export function childFrame(parent: Frame, input: FrameInput): Frame {
  return open(parent.run, parent, input, parent.meta, parent.depth + 1);
}

function open(run: Run, parent: Frame | undefined, input: FrameInput, meta: Schema | undefined, depth: number): Frame {
  spend(run, 1);
  if (depth > MAX_FRAMES) throw new GoFailure("unable to validate schema: nested too deeply");
  const { schema, value, tracked = false } = input;
  return {
    run,
    schema,
    value,
    parent,
    token: input.token,
    keyword: input.keyword ?? "",
    meta,
    quick: input.quick === true || parent?.quick === true,
    depth,
    errors: [],
    properties: unevaluatedProperties(schema, value, tracked),
    items: unevaluatedItems(schema, value, tracked),
  };
}

function unevaluatedProperties(schema: Schema, value: GoValue, tracked: boolean): Set<string> | undefined {
  if (!(value instanceof GoMap) || schema.allPropertiesEvaluated) return undefined;
  return tracked || schema.unevaluatedProperties !== undefined ? new Set(value.entries.keys()) : undefined;
}

function unevaluatedItems(schema: Schema, value: GoValue, tracked: boolean): Set<number> | undefined {
  if (!(value instanceof GoList) || schema.allItemsEvaluated) return undefined;
  if (!tracked && schema.unevaluatedItems === undefined) return undefined;
  return new Set([...value.items.keys()].filter((i) => i >= schema.itemsEvaluated));
}

/** True while something of the value is not evaluated and somebody asks. */
export function isTracked(frame: Frame): boolean {
  return (frame.properties?.size ?? 0) > 0 || (frame.items?.size ?? 0) > 0;
}

/** Takes over what a schema on the same value evaluated. */
export function mergeEvaluated(frame: Frame, other: Frame): void {
  for (const name of frame.properties ?? []) if (other.properties?.has(name) !== true) frame.properties?.delete(name);
  for (const index of frame.items ?? []) if (other.items?.has(index) !== true) frame.items?.delete(index);
}

/** The pointer of the frame's value. */
export function pointerOf(frame: Frame): string {
  let pointer = "";
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    if (at.token !== undefined) pointer = `/${escapeToken(at.token)}${pointer}`;
  }
  return pointer;
}

const SOME_FAILURE: Failure = { isGroup: false, isReference: false, pointer: "", text: "", causes: [] };

/** A failure of the frame's value. Its text is made only if somebody will read it. */
export function failure(frame: Frame, text: () => string, causes: readonly Failure[] = []): Failure {
  if (frame.quick) return SOME_FAILURE;
  return { isGroup: false, isReference: false, pointer: pointerOf(frame), text: text(), causes };
}

/** Notes a failure of the frame's value. */
export function fail(frame: Frame, text: () => string, causes: readonly Failure[] = []): void {
  frame.errors.push(failure(frame, text, causes));
}

/** Notes the outcome of a part. */
export function note(frame: Frame, outcome: Failure | undefined): void {
  if (outcome !== undefined) frame.errors.push(outcome);
}
