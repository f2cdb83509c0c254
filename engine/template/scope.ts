/** A variable at compile time. */
export interface Variable {
  readonly name: string;
  readonly slot: number;
  /** For the element of a range: the slot that holds what is ranged over, whose element type messages name. */
  readonly origin: number | undefined;
}

/** The variables that a template has at one place. Mirrors the stack that Go keeps while executing. */
export class Scope {
  private readonly variables: Variable[] = [];
  /** The same by name, the innermost last: a text may declare very many. */
  private readonly byName = new Map<string, Variable[]>();
  private next = 0;
  /** Where the present dot comes from, as {@link Variable.origin}. */
  dotOrigin: number | undefined = undefined;

  constructor() {
    this.add("$");
  }

  add(name: string, origin?: number): number {
    const variable: Variable = { name, slot: this.next++, origin };
    this.variables.push(variable);
    const known = this.byName.get(name);
    if (known === undefined) this.byName.set(name, [variable]);
    else known.push(variable);
    return variable.slot;
  }

  /** A slot that no template can name. */
  reserve(): number {
    return this.add("");
  }

  find(name: string): Variable | undefined {
    return this.byName.get(name)?.at(-1);
  }

  /** Compiles something whose variables end with it, under a dot of its own. */
  within<T>(dotOrigin: number | undefined, compile: () => T): T {
    const { length } = this.variables;
    const outer = this.dotOrigin;
    this.dotOrigin = dotOrigin;
    const compiled = compile();
    this.dotOrigin = outer;
    for (const { name } of this.variables.splice(length)) this.byName.get(name)?.pop();
    return compiled;
  }
}
