import { MAX_TPL_CHARACTERS, PARSED_PER_UNIT } from "./budget.ts";
import type { Budget } from "./budget.ts";
import type { FunctionTable } from "./function.ts";
import { parseTemplate } from "./template.ts";
import type { ParsedFile, Template } from "./template.ts";
import { SET_NAME } from "./tpl.ts";

/** Parsed `tpl` texts: the same text parses the same everywhere in a set. */
interface Texts {
  readonly files: Map<string, ParsedFile>;
  characters: number;
}

/** The templates that see each other, by name. Made by {@link createTemplateSet}. */
export class TemplateSet {
  private readonly functions: FunctionTable;
  private readonly own = new Map<string, Template>();
  private readonly outer: TemplateSet | undefined;
  private readonly texts: Texts;

  constructor(files: readonly ParsedFile[], functions: FunctionTable, outer?: TemplateSet) {
    this.functions = functions;
    this.outer = outer;
    this.texts = outer === undefined ? { files: new Map(), characters: 0 } : outer.texts;
    for (const file of files) this.add(file);
  }

  /** The last template of a name wins, but one that prints only white space never replaces another. */
  private add(file: ParsedFile): void {
    for (const [name, template] of file.templates) {
      if (template.isEmpty && this.lookup(name) !== undefined) continue;
      this.own.set(name, template);
    }
  }

  lookup(name: string): Template | undefined {
    const template = this.own.get(name);
    if (template !== undefined) return template;
    for (let set = this.outer; set !== undefined; set = set.outer) {
      const found = set.own.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The names of all templates of this set. */
  names(): IterableIterator<string> {
    return this.own.keys();
  }

  /** The text of a `tpl`, parsed, and kept with the set. Throws what {@link parseTemplate} throws. */
  parseText(text: string, budget: Budget): ParsedFile {
    const { texts } = this;
    const known = texts.files.get(text);
    if (known !== undefined) return known;
    budget.spend(text.length / PARSED_PER_UNIT);
    const file = parseTemplate(SET_NAME, text, this.functions);
    if (texts.characters + text.length > MAX_TPL_CHARACTERS) {
      texts.files.clear();
      texts.characters = 0;
    }
    texts.characters += text.length;
    texts.files.set(text, file);
    return file;
  }

  /** This set with the templates of a `tpl` text over it. A text that only such a text hides is left out: chains stay short. */
  extend(file: ParsedFile): TemplateSet {
    const hidesThis = this.own.size === 1 && this.own.has(SET_NAME) && !file.main.isEmpty;
    return new TemplateSet([file], this.functions, hidesThis ? (this.outer ?? this) : this);
  }
}

/** The set of these files, which come in the order in which Helm parses them. */
export function createTemplateSet(files: readonly ParsedFile[], functions: FunctionTable): TemplateSet {
  return new TemplateSet(files, functions);
}
