import { templateErrorSchema } from "../charts/analysis.ts";
import * as z from "zod";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { isNothing, type Route } from "../access/route.ts";
import { isJsonObject, parseJson } from "../http/json.ts";
import { PROBLEMS, type ProblemCode } from "../http/problem-table.ts";

/** Problems that every route with a token can meet. */
const COMMON: readonly ProblemCode[] = ["invalid-request", "unauthorized", "internal", "store-unavailable"];
const PARAMETER = /\{(\w+)\}/g;

/** The OpenAPI 3.1 document of the routes, made of the schemas that check requests. */
export function openApi(routes: readonly Route[], version: string): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Slipway",
      version,
      description:
        "Helm 4 as stateless functions. The registry's own interfaces, /v2 and /helm, are those of the OCI distribution spec and of Helm.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "An API token, slw_…" } },
      schemas: { Problem: problemSchema() },
    },
  };
}

function operationOf(route: Route): JsonObject {
  const parameters: JsonValue[] = [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)];
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    security: route.access === "token" ? [{ token: [] }] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route),
    responses: { ...answersOf(route), ...problemsOf(route) },
  };
}

function pathParameters(route: Route): readonly JsonObject[] {
  return [...route.path.matchAll(PARAMETER)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(route: Route): readonly JsonObject[] {
  if (isNothing(route.query)) return [];
  const schema = jsonSchema(route.query, "input");
  const properties: unknown = schema["properties"];
  if (typeof properties !== "object" || properties === null) return [];
  return Object.entries(properties).map(([name, member]: [string, JsonValue]) => ({
    name,
    in: "query",
    required: false,
    schema: member,
  }));
}

function headerParameters(route: Route): readonly JsonObject[] {
  if (!route.keyed) return [];
  const text = { type: "string" };
  return [
    {
      name: "Idempotency-Key",
      in: "header",
      required: false,
      description: "The same key is the same request, for 24 hours",
      schema: text,
    },
    {
      name: "Prefer",
      in: "header",
      required: false,
      description: "wait=SECONDS answers with the result, if it comes in time",
      schema: text,
    },
  ];
}

function requestBody(route: Route): JsonObject {
  if (!isNothing(route.body)) {
    return {
      requestBody: { required: true, content: { "application/json": { schema: jsonSchema(route.body, "input") } } },
    };
  }
  if (route.bodyType === undefined) return {};
  return { requestBody: { required: true, content: { [route.bodyType]: { schema: {} } } } };
}

function answersOf(route: Route): JsonObject {
  const answers: Record<string, JsonObject> = {};
  for (const [status, { description, schema, mediaType }] of Object.entries(route.answers)) {
    const type = mediaType ?? (schema === undefined ? undefined : "application/json");
    const content = schema === undefined ? {} : { schema: jsonSchema(schema, "output") };
    answers[status] = { description, ...(type === undefined ? {} : { content: { [type]: content } }) };
  }
  return answers;
}

function problemsOf(route: Route): JsonObject {
  const codes = new Set([
    ...(route.access === "token" ? COMMON : COMMON.filter((code) => code !== "unauthorized")),
    ...route.problems,
  ]);
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  const answers: Record<string, JsonObject> = {};
  for (const [status, list] of [...byStatus].sort(([a], [b]) => a - b)) {
    answers[String(status)] = {
      description: list.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("; "),
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  return answers;
}

function problemSchema(): JsonObject {
  const json = z.record(z.string(), z.unknown());
  return jsonSchema(
    z.object({
      type: z.string(),
      title: z.string(),
      status: z.number().int(),
      detail: z.string(),
      code: z.enum(Object.keys(PROBLEMS)),
      retryable: z.boolean().describe("The same request may succeed later without any change"),
      instance: z.string().optional(),
      operation: z.string().describe("The operation that is in the way, or that failed").optional(),
      errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
      conflicts: z.array(json).optional(),
      templateErrors: z
        .array(templateErrorSchema)
        .describe("Every template that failed, where allErrors asked for it")
        .optional(),
      facts: json.optional(),
    }),
    "output",
  );
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const made = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
  const { $schema: _dialect, ...rest } = made;
  const value = parseJson(JSON.stringify(rest));
  if (!isJsonObject(value)) throw new Error("openapi: a schema is no object");
  return value;
}
