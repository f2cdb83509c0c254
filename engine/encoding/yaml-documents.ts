import { YamlError } from "./yaml-error.ts";

/**
 * The documents of a YAML stream, as the Kubernetes YAML reader cuts them: at lines that start with `---`. White space or a
 * comment may follow there, anything else is refused. Helm compatibility: a separator with nothing before it belongs to
 * the document (and counts as one of its lines); CR LF becomes LF.
 */
export function readYamlDocuments(text: string): readonly string[] {
  return [...yamlDocuments(text)];
}

/** {@link readYamlDocuments} one by one: a bad separator is refused when it is reached. */
export function* yamlDocuments(text: string): Generator<string, void> {
  const lines = text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
  const body = lines === "" || lines.endsWith("\n") ? lines : `${lines}\n`;
  let from = 0;
  for (let at = 0; at < body.length;) {
    const end = body.indexOf("\n", at) + 1;
    if (body.startsWith("---", at)) {
      checkSeparator(body.slice(at + 3, end));
      if (at > from) {
        yield body.slice(from, at);
        from = end;
      }
    }
    at = end;
  }
  if (from < body.length) yield body.slice(from);
}

function checkSeparator(rest: string): void {
  const trimmed = rest.trim();
  if (trimmed === "" || trimmed.startsWith("#")) return;
  throw new YamlError("yaml-separator", `invalid Yaml document separator: ${trimmed}`);
}
