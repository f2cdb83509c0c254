import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { createToken } from "../../functions/access/api-token.ts";
import { ADMIN, type Grant, grantSchema } from "../../functions/access/grant.ts";
import { parseDuration } from "../../functions/http/duration.ts";
import { systemClock, systemRandom } from "../node/clock.ts";
import { openSqlite } from "../node/sqlite.ts";
import { createSqliteRecords } from "../node/sqlite-records.ts";
import { DEFAULT_DATA } from "./serve.ts";
import { parseOrRefuse, UsageError } from "./usage.ts";

/** `slipway token create`: makes a token in the data folder of a server that is not running; a running one has `POST /v1/tokens`. */
export async function tokenCommand(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb !== "create")
    throw new UsageError("token: there is `token create`; a running server lists and revokes by /v1/tokens");
  const { values } = parseOrRefuse(() =>
    parseArgs({
      args: rest,
      options: {
        admin: { type: "boolean", default: false },
        grant: { type: "string", multiple: true, default: [] },
        name: { type: "string", default: "cli" },
        expires: { type: "string" },
        data: { type: "string", default: DEFAULT_DATA },
      },
    }),
  );
  const database = openSqlite(join(values.data, "slipway.db"));
  try {
    const deps = { records: createSqliteRecords(database, systemClock), clock: systemClock, randomBytes: systemRandom };
    const grants = grantsOf(values.admin, values.grant);
    const made = await createToken(deps, { name: values.name, grants, by: "cli", ...expiryOf(values.expires) });
    process.stdout.write(`${made.token}\n`);
    process.stderr.write(`token ${made.info.id} (${values.name}); it is shown this once\n`);
    return 0;
  } finally {
    database.close();
  }
}

function grantsOf(admin: boolean, texts: readonly string[]): readonly Grant[] {
  if (admin) return [ADMIN];
  if (texts.length === 0)
    throw new UsageError('token create: name what it may do: --admin, or --grant \'{"allow":["releases:read"]}\'');
  return texts.map((text) => {
    const read = z.safeParse(grantSchema, parsed(text));
    if (!read.success) throw new UsageError(`token create: --grant ${text}: ${z.prettifyError(read.error)}`);
    return read.data;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`token create: --grant ${text}: not JSON`);
  }
}

function expiryOf(text: string | undefined): { readonly expires?: number } {
  if (text === undefined) return {};
  const duration = parseDuration(text);
  if (duration === undefined) throw new UsageError("token create: --expires takes a duration such as 720h");
  return { expires: systemClock.now() + duration };
}
