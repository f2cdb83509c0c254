import { Budget } from "../template/budget.ts";
import { executeTemplate } from "../template/execution.ts";
import { Pending } from "../template/pending.ts";
import { TemplateError } from "../template/error.ts";
import { createTemplateSet } from "../template/template-set.ts";
import { parseTemplate } from "../template/template.ts";
import { renderFunctions } from "./functions.ts";
import { createRandomStream } from "./random-stream.ts";
import { RenderError } from "./render-error.ts";

const NAME = "name-template";

/** The release name that `--name-template` makes. Throws {@link RenderError} with Go's own text. */
export function renderName(text: string, input: { readonly seed: Uint8Array; readonly now: number }): string {
  try {
    const set = createTemplateSet([parseTemplate(NAME, text, renderFunctions)], renderFunctions);
    return executeTemplate(set, NAME, null, {
      now: input.now,
      randomBytes: createRandomStream(input.seed, NAME),
      ask: (request) => {
        throw new Pending(request);
      },
      nextOrdinal: () => 0,
      remember: (_key, make) => make(),
      budget: new Budget(),
      lint: false,
      warn: () => undefined,
    });
  } catch (cause) {
    if (cause instanceof Pending) throw new RenderError("template", `${cause.request.kind} has no place in a name`);
    if (cause instanceof TemplateError) throw new RenderError("template", cause.message, {}, { cause });
    throw cause;
  }
}
