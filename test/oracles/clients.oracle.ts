import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "./clients/commands.ts";
import { type Kind, KINDS, openWorld, type World } from "./clients/world.ts";

const results = join(import.meta.dirname, "..", "..", ".cache", "results");
const cells = new Map<string, string>();
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  const lines = COMMANDS.map(({ name }) =>
    [name.padEnd(width), ...KINDS.map((kind) => cellText(name, kind).padEnd(34))].join(""),
  );
  const matrix = [["".padEnd(width), ...KINDS.map((kind) => kind.padEnd(34))].join(""), ...lines].join("\n");
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, "clients.txt"), `${matrix}\n`);
  console.log(matrix);
});

/** What a refusal says, without the client's own words around it. */
function cellText(command: string, kind: Kind): string {
  const cell = cells.get(`${command}|${kind}`) ?? "";
  if (cell === "ok") return cell;
  const known =
    /this project takes no pushes|Skipped pulling layers without|no signatures found|authentication required|unauthorized|[A-Z]+_UNKNOWN|401/i.exec(
      cell,
    );
  return `refused: ${known?.[0] ?? cell}`.slice(0, 33);
}

it("a server with configured tokens does not start with the words that there is none", () => {
  expect(world.output()).toContain("listens on");
  expect(world.output()).not.toContain("there is none yet");
});

describe.each(COMMANDS)("$name", ({ name, run, refused }) => {
  it.each(KINDS)("on a %s", async (kind) => {
    const cell = await run(world, kind);
    cells.set(`${name}|${kind}`, cell);
    expect(cell).toMatch(refused?.[kind] ?? /^ok$/);
  });
});
