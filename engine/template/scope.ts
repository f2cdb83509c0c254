/** A variable at compile time. */
export interface Variable {
  readonly name: string;
  readonly slot: number;
  /** For the element of a range: the slot that holds what is ranged over, whose element type messages name. */
  readonly origin: number | undefined;
}

/** The variables that a template has at one place. Mirrors the stack that Go keeps while executing. */
export class Scope {
  private readonly variables: Variable[] = [{ name: "$", slot: 0, origin: undefined }];
  private next = 1;
  /** Where the present dot comes from, as {@link Variable.origin}. */
  dotOrigin: number | undefined = undefined;

  add(name: string, origin?: number): number {
    const slot = this.next++;
    this.variables.push({ name, slot, origin });
    return slot;
  }

  /** A slot that no template can name. */
  reserve(): number {
    return this.add("");
  }

  find(name: string): Variable | undefined {
    return this.variables.findLast((variable) => variable.name === name);
  }

  /** Compiles something whose variables end with it, under a dot of its own. */
  within<T>(dotOrigin: number | undefined, compile: () => T): T {
    const { length } = this.variables;
    const outer = this.dotOrigin;
    this.dotOrigin = dotOrigin;
    const compiled = compile();
    this.dotOrigin = outer;
    this.variables.length = length;
    return compiled;
  }
}
