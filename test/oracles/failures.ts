// failures.ts FOLDER: what failed in a run, by the reports and logs that it left in FOLDER. Short enough to be an output's end.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const MESSAGE_LINES = 25;
const ROOT = `${join(import.meta.dirname, "..", "..")}/`;

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(""),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
});

type FileReport = z.infer<typeof reportSchema>["testResults"][number];

function main(folder: string): void {
  for (const name of readdirSync(folder).toSorted()) {
    const text = readFileSync(join(folder, name), "utf8");
    if (name.endsWith(".json")) for (const line of failedTests(text)) console.log(line);
    if (name.endsWith(".log")) for (const line of loggedFailures(name, text)) console.log(line);
  }
}

function failedTests(text: string): string[] {
  const report = reportSchema.safeParse(JSON.parse(text));
  return report.success ? report.data.testResults.flatMap(failuresOf) : [];
}

function failuresOf(file: FileReport): string[] {
  const failed = file.assertionResults.filter((test) => test.status !== "passed");
  const told = failed.map((test) => entry(`${file.name} > ${test.fullName} (${test.status})`, test.failureMessages));
  return file.status === "failed" && failed.length === 0 ? [entry(file.name, [file.message])] : told;
}

function entry(what: string, messages: readonly string[]): string {
  const lines = messages.flatMap((message) => message.split("\n")).slice(0, MESSAGE_LINES);
  return [`ci: failed: ${what.replace(ROOT, "")}`, ...lines.map((line) => `    ${line}`)].join("\n");
}

/** Errors outside of any test, which no report counts, and the last words of a check that failed. */
function loggedFailures(name: string, text: string): string[] {
  const lines = text.split("\n");
  const unhandled = lines.findIndex((line) => /Unhandled (Errors?|Rejections?)/.test(line));
  if (unhandled >= 0) return [entry(`${name}: an error outside of tests`, [lines.slice(unhandled).join("\n")])];
  return lines.some((line) => /^check .*: failed$/.test(line)) ? [entry(name, lines.slice(-MESSAGE_LINES))] : [];
}

main(process.argv[2] ?? join(ROOT, ".cache", "results"));
