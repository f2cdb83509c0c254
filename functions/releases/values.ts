import { mergeValueSources } from "../../engine/chart/value-sources.ts";
import { ChartError } from "../../engine/chart/chart-error.ts";
import type { GoMap } from "../../engine/go/value.ts";
import { toBytes } from "../http/digest.ts";
import type { ChartBody } from "./request-schema.ts";

/**
 * The user's values in Helm's order: `valuesFiles`, then `values` as one file more, then `setJson`, `set`, `setString`, `setFile`,
 * `setLiteral`. Throws `ChartError` with Helm's text.
 */
export function composeValues(body: ChartBody): GoMap {
  const files = body.valuesFiles.map(({ name, content }) => ({ name, data: toBytes(content) }));
  const own = body.values === undefined ? [] : [{ name: "values", data: toBytes(JSON.stringify(body.values)) }];
  const contents = body.setFile.map((file) => file.content);
  return mergeValueSources(
    {
      files: [...files, ...own],
      setJson: body.setJson,
      set: body.set,
      setString: body.setString,
      setLiteral: body.setLiteral,
      setFile: body.setFile.map(({ key }, index) => `${key}=${index}`),
    },
    (path) => {
      const content = contents[Number(path)];
      if (content === undefined) throw new ChartError("invalid-set", `open ${path}: no such file or directory`);
      return content;
    },
  );
}
