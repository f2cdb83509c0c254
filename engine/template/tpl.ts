import { quote } from "../go/quote.ts";
import { GoFailure } from "../go/value.ts";
import { TemplateError } from "./error.ts";

/** The name of Helm's template set, which `tpl` texts bear too. */
export const SET_NAME = "gotpl";
/** What an action prints for no value and for nil. */
export const NO_VALUE = "<no value>";

/** Helm removes the text from the result of every `tpl`. */
export function withoutNoValue(text: string): string {
  return text.includes(NO_VALUE) ? text.replaceAll(NO_VALUE, "") : text;
}

/** What Go says when a name is asked for that the set does not know. */
export function undefinedTemplate(name: string): TemplateError {
  return new TemplateError(
    "undefined-template",
    `template: no template ${quote(name)} associated with template ${quote(SET_NAME)}`,
  );
}

/** What `tpl` fails with when its text did. */
export function tplError(text: string, error: unknown): unknown {
  if (!(error instanceof TemplateError) || error.code === "budget") return error;
  const prefix =
    error.code === "syntax"
      ? `cannot parse template ${quote(text)}`
      : `error during tpl function execution for ${quote(text)}`;
  return new GoFailure(`${prefix}: ${error.message}`, { cause: error });
}
