import { YamlError } from "./yaml-error.ts";
import { MAX_DEPTH } from "./yaml-scanner.ts";
import type { Entries } from "./yaml-entry.ts";
import type { Scanner } from "./yaml-scanner.ts";
import type { Resolved } from "./yaml-resolve.ts";

/** How values are made: template values ({@link GoMap}, {@link GoList}) or plain JSON. Maps have unique string keys. */
export interface Shape<V, M extends V> {
  readonly scalar: (value: Resolved) => V;
  readonly newMap: () => M;
  readonly put: (map: M, key: string, value: V) => void;
  readonly list: (items: readonly V[]) => V;
  readonly mapOf: (value: V) => M | undefined;
  readonly itemsOf: (value: V) => readonly V[] | undefined;
  readonly entries: (map: M) => Iterable<readonly [string, V]>;
  /** Go's `%#v`, for error texts. */
  readonly show: (value: V) => string;
}

/** What an anchor names. `value` is absent while its node is still being read. */
export interface Anchor<V> {
  value: V | undefined;
  /** The key that the value would be; `undefined` for collections. */
  key: string | null | undefined;
  /** How many nodes reading it once more counts for. */
  count: number;
  height: number;
}

/**
 * The state of one composition. Go reads the whole document first, then decodes it, then converts it to JSON: an error of
 * a later stage (`decodeProblem`, `convertProblem`) therefore waits until the document is read to its end.
 */
export interface Composer<V, M extends V> {
  readonly scanner: Scanner;
  readonly shape: Shape<V, M>;
  readonly strict: boolean;
  readonly anchors: Map<string, Anchor<V>>;
  readonly handles: Map<string, string>;
  readonly duplicates: string[];
  /** Reads the node at the head of the queue, which may be a collection again. */
  readonly parseNode: (c: Composer<V, M>, context: number) => V;
  /** Reads a key into `entries`; `none` where nothing stands in its place. */
  readonly parseKey: (c: Composer<V, M>, entries: Entries<V, M>, none: boolean, context: number) => void;
  /** The scalar that was read last. */
  value: V;
  depth: number;
  deepest: number;
  decoded: number;
  aliased: number;
  decodeProblem: string | undefined;
  convertProblem: string | undefined;
  jsonProblem: string | undefined;
}

/** How nodes are read; a part, since blocks and flows contain each other. */
export type NodeParser<V, M extends V> = Pick<Composer<V, M>, "parseNode" | "parseKey">;

export function newComposer<V, M extends V>(
  scanner: Scanner,
  shape: Shape<V, M>,
  strict: boolean,
  parser: NodeParser<V, M>,
): Composer<V, M> {
  return {
    parseNode: parser.parseNode,
    parseKey: parser.parseKey,
    value: shape.scalar(null),
    scanner,
    shape,
    strict,
    anchors: new Map(),
    handles: new Map(),
    duplicates: [],
    depth: 0,
    deepest: 0,
    decoded: 0,
    aliased: 0,
    decodeProblem: undefined,
    convertProblem: undefined,
    jsonProblem: undefined,
  };
}

/** Enters a collection; the caller lowers `depth` again. */
export function enter<V, M extends V>(c: Composer<V, M>): void {
  c.depth += 1;
  if (c.depth > c.deepest) {
    c.deepest = c.depth;
    if (c.depth > MAX_DEPTH) throw new YamlError("yaml-syntax", `yaml: exceeded max depth of ${MAX_DEPTH}`);
  }
}

export function failDecode<V, M extends V>(c: Composer<V, M>, problem: string): void {
  c.decodeProblem ??= problem;
}

/** The value of a resolved scalar; what JSON cannot hold is noted. */
export function scalarValue<V, M extends V>(c: Composer<V, M>, value: Resolved): V {
  if (typeof value === "number" && !Number.isFinite(value)) {
    c.jsonProblem ??= `json: unsupported value: ${Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"}`;
  }
  return c.shape.scalar(value);
}
