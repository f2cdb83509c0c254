import { lineAt } from "../template/position.ts";
import type {
  BranchNode,
  CommandNode,
  ListNode,
  Node,
  Operand,
  PipeNode,
  Statement,
  TemplateNode,
  VariableNode,
} from "../template/node.ts";
import type { SourceFile, Template } from "../template/template.ts";
import { callFunction } from "./function-effects.ts";
import { Made } from "./heap.ts";
import type { Heap, Location, Locations, Place } from "./heap.ts";
import { mayBe, PLAIN, UNKNOWN } from "./text.ts";
import type { Text } from "./text.ts";

/** Rounds until nothing new is found. Each follows values one template further; charts need about ten. */
const MAX_ROUNDS = 200;
/** Places of opaque reads that are named. */
const MAX_OPAQUE = 100;

/** A template under analysis: all that its dot may be, and what of its output may be a template again. */
interface Body {
  readonly tree: ListNode;
  readonly file: SourceFile;
  readonly dot: Locations;
  readonly output: Locations;
}

/** Where texts given to `tpl` come from. */
export interface TplTexts {
  /** The templates in the values; none when they cannot be told. */
  readonly ofValues: () => readonly Template[] | undefined;
  readonly ofFile: (file: NonNullable<Text["file"]>) => readonly Template[] | undefined;
  readonly parse: (text: string) => Template | undefined;
}

/** Templates by name; of one name all, because which of them counts depends on the charts that are enabled. */
export type TemplatesByName = ReadonlyMap<string, readonly Template[]>;

/** Methods of Helm's `common.Values`. They are seldom used: what has them is taken as read whole. */
const VALUES_METHODS: ReadonlySet<string> = new Set(["AsMap", "YAML", "Table", "PathValue", "Encode"]);

type Binding = readonly [name: string, cell: Locations];

/**
 * Runs templates on places instead of values: for each expression, which places of the values it may be. Takes both branches of everything,
 * and repeats until no round finds more.
 */
export class Interpreter {
  readonly heap: Heap;
  readonly tplTexts: TplTexts;
  /** `FILE:LINE` of each `tpl` whose text cannot be foreseen. */
  readonly opaque: Set<string> = new Set();
  private readonly opaqueSites = new Set<Node>();
  private readonly templates: TemplatesByName;
  private readonly bodies = new Map<ListNode, Body>();
  private readonly cells = new Map<VariableNode, Locations>();
  private readonly sites = new Map<Node, Made>();
  private readonly texts = new Map<string, Text>();
  private bindings: Binding[] = [];
  private file: SourceFile = { name: "", text: "" };
  private output: Locations = new Set();

  constructor(heap: Heap, templates: TemplatesByName, tplTexts: TplTexts) {
    this.heap = heap;
    this.templates = templates;
    this.tplTexts = tplTexts;
  }

  /** Runs everything that was entered until nothing changes or all of `root` is read. False when it did not come to an end. */
  run(root: Place): boolean {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      this.heap.isChanged = false;
      for (const body of this.bodies.values()) {
        this.runBody(body);
        if (root.whole) return true;
      }
      if (!this.heap.isChanged) return true;
    }
    return false;
  }

  /** Notes that a template may run on a dot; it does so in this round or the next. Gives what of its output may be a template. */
  enter(template: Template, dot: Locations): Locations {
    let body = this.bodies.get(template.tree);
    if (body === undefined) {
      body = { tree: template.tree, file: template.file, dot: new Set(), output: new Set() };
      this.bodies.set(template.tree, body);
      this.heap.isChanged = true;
    }
    this.heap.grow(body.dot, dot);
    return body.output;
  }

  /** Every template that a name may mean runs on `dot`. */
  enterNamed(names: Locations, dot: Locations): Locations {
    const out: Locations = new Set([PLAIN]);
    for (const template of this.named(names)) for (const text of this.enter(template, dot)) out.add(text);
    return out;
  }

  private named(names: Locations): Iterable<Template> {
    const patterns = Array.from(names, (name) => (name.kind === "text" ? name : UNKNOWN));
    const found = new Set<Template>();
    for (const pattern of patterns) {
      const [only] = pattern.pieces;
      if (pattern.pieces.length === 1 && only !== undefined) {
        for (const template of this.templates.get(only) ?? []) found.add(template);
        continue;
      }
      for (const [name, templates] of this.templates) {
        this.heap.spend(1);
        if (mayBe(pattern, name)) for (const template of templates) found.add(template);
      }
    }
    return found;
  }

  /** The one map or list that stands for all that this node makes. */
  made(site: Node): Made {
    const known = this.sites.get(site);
    if (known !== undefined) return known;
    const made = new Made();
    this.sites.set(site, made);
    return made;
  }

  /** The text of a literal. One brace may be half of a pair that templates put together. */
  literal(value: string): Text {
    return this.text([value], true);
  }

  /** A text by its pieces, the same object for the same pieces. */
  text(pieces: readonly string[], hasPlainGaps: boolean): Text {
    if (pieces.length === 2 && pieces[0] === "" && pieces[1] === "") return hasPlainGaps ? PLAIN : UNKNOWN;
    const key = JSON.stringify([hasPlainGaps, ...pieces]);
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    const isPlain = hasPlainGaps && !pieces.some((piece) => piece.includes("{"));
    const text: Text = { kind: "text", pieces, isPlain, hasPlainGaps };
    this.texts.set(key, text);
    return text;
  }

  /** What a file of a chart holds. */
  fileText(chart: number, name: string | undefined): Text {
    const key = JSON.stringify({ chart, name });
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    const text: Text = { ...PLAIN, file: name === undefined ? { chart } : { chart, name } };
    this.texts.set(key, text);
    return text;
  }

  /** A `tpl` at `site` runs what nobody knows on `dot`. */
  noteOpaque(site: Node, dot: Locations): void {
    this.heap.escape(dot);
    if (this.opaqueSites.size >= MAX_OPAQUE || this.opaqueSites.has(site)) return;
    this.opaqueSites.add(site);
    this.opaque.add(`${this.file.name}:${lineAt(this.file.text, site.offset)}`);
  }

  private runBody(body: Body): void {
    this.bindings = [["$", body.dot]];
    this.file = body.file;
    this.output = body.output;
    this.list(body.tree, body.dot);
  }

  private list(list: ListNode | undefined, dot: Locations): void {
    if (list === undefined) return;
    const known = this.bindings.length;
    for (const node of list.nodes) this.statement(node, dot);
    this.bindings.length = known;
  }

  private statement(node: Statement, dot: Locations): void {
    this.heap.spend(1);
    switch (node.kind) {
      case "action": {
        const value = this.pipe(node.pipe, dot);
        if (node.pipe.declarations.length === 0) this.print(value);
        return;
      }
      case "if":
      case "with":
      case "range":
        this.branch(node, dot);
        return;
      case "template":
        this.callTemplate(node, dot);
        return;
      default:
    }
  }

  private print(value: Locations): void {
    this.heap.escape(value);
    this.heap.grow(this.output, [...value].filter(mattersInOutput));
  }

  private callTemplate(node: TemplateNode, dot: Locations): void {
    const data = node.pipe === undefined ? new Set<Location>() : this.pipe(node.pipe, dot);
    const output = this.enterNamed(new Set([this.literal(node.name)]), data);
    this.heap.grow(this.output, [...output].filter(mattersInOutput));
  }

  private branch(node: BranchNode, dot: Locations): void {
    const known = this.bindings.length;
    const value = node.kind === "range" ? this.commands(node.pipe, dot) : this.pipe(node.pipe, dot);
    const inner = node.kind === "if" ? dot : node.kind === "with" ? value : this.range(node.pipe, value);
    this.list(node.list, inner);
    this.list(node.elseList, dot);
    this.bindings.length = known;
  }

  /** The elements of what is ranged over, which the variables of the range get, too. */
  private range({ declarations, isAssign }: PipeNode, value: Locations): Locations {
    const elements = this.heap.get(value, undefined);
    const [first, second] = declarations;
    const keys = this.keys(value);
    if (first !== undefined) this.bind(first, second === undefined ? elements : keys, isAssign);
    if (second !== undefined) this.bind(second, elements, isAssign);
    return elements;
  }

  /** What the keys of maps may be. */
  keys(value: Locations): Locations {
    const out: Locations = new Set([PLAIN]);
    for (const location of value) {
      if (location.kind === "made") {
        for (const key of location.fields.keys()) out.add(this.literal(key));
        if (location.elements.size > 0 || location.also.size > 0) out.add(UNKNOWN);
      } else if (location.kind !== "place") out.add(UNKNOWN);
    }
    return out;
  }

  private bind(variable: VariableNode, value: Locations, isAssign: boolean): void {
    const known = isAssign ? this.find(variable.name) : undefined;
    if (known !== undefined) {
      this.heap.grow(known, value);
      return;
    }
    const cell = this.cells.get(variable) ?? new Set<Location>();
    this.cells.set(variable, cell);
    this.heap.grow(cell, value);
    this.bindings.push([variable.name, cell]);
  }

  private find(name: string): Locations | undefined {
    for (let i = this.bindings.length - 1; i >= 0; i--) {
      this.heap.spend(1);
      const binding = this.bindings[i];
      if (binding?.[0] === name) return binding[1];
    }
    return undefined;
  }

  private pipe(pipe: PipeNode, dot: Locations): Locations {
    const value = this.commands(pipe, dot);
    for (const variable of pipe.declarations) this.bind(variable, value, pipe.isAssign);
    return value;
  }

  private commands(pipe: PipeNode, dot: Locations): Locations {
    let value: Locations | undefined;
    for (const command of pipe.commands) value = this.command(command, dot, value);
    return value ?? new Set();
  }

  private command(node: CommandNode, dot: Locations, final: Locations | undefined): Locations {
    this.heap.spend(1);
    const [first, ...rest] = node.args;
    if (first === undefined) return new Set();
    const args = rest.map((arg) => this.operand(arg, dot));
    if (final !== undefined) args.push(final);
    if (first.kind === "identifier") return callFunction(this, first.name, args, node);
    const value = this.operand(first, dot);
    if (args.length === 0) return value;
    for (const arg of args) this.heap.escape(arg);
    return this.methodResult(first, value, args);
  }

  /** Methods read no values: those of `.Files` give texts, all others something small. */
  private methodResult(first: Operand, value: Locations, [name]: readonly Locations[]): Locations {
    const files = [...value].filter((location) => location.kind === "text" && location.file !== undefined);
    if (files.length === 0 || lastName(first) !== "Get" || name === undefined) return new Set([...files, UNKNOWN]);
    const [only] = name;
    if (name.size !== 1 || only?.kind !== "text" || only.pieces.length !== 1) return new Set(files);
    const [path] = only.pieces;
    return new Set(
      files.map((location) =>
        location.kind === "text" && location.file !== undefined ? this.fileText(location.file.chart, path) : location,
      ),
    );
  }

  private operand(node: Operand, dot: Locations): Locations {
    this.heap.spend(1);
    switch (node.kind) {
      case "dot":
        return dot;
      case "field":
        return this.fields(dot, node.names);
      case "variable":
        return this.fields(this.find(node.name) ?? new Set(), node.fields);
      case "chain":
        return this.fields(this.operand(node.base, dot), node.fields);
      case "pipe":
        return this.pipe(node, dot);
      case "identifier":
        return callFunction(this, node.name, [], node);
      case "string":
        return new Set([this.literal(node.value)]);
      case "number":
        return new Set([this.literal(node.int === undefined ? node.text : String(node.int))]);
      default:
        return new Set();
    }
  }

  private fields(start: Locations, names: readonly string[]): Locations {
    let value = start;
    for (const name of names) {
      const files = [...value].filter((location) => location.kind === "files");
      if (VALUES_METHODS.has(name)) this.heap.escape(value);
      value = new Set([...this.heap.get(value, name), ...(name === "AsMap" ? value : [])]);
      for (const { chart } of files) value.add(this.fileText(chart, undefined));
    }
    return value;
  }
}

function lastName(node: Operand): string | undefined {
  if (node.kind === "field") return node.names.at(-1);
  return node.kind === "variable" || node.kind === "chain" ? node.fields.at(-1) : undefined;
}

/** Whether a template that prints it may print a template. */
function mattersInOutput(location: Location): boolean {
  return location.kind === "text" && (!location.isPlain || location.file !== undefined);
}
