export { compileSchema, validateSchema } from "./json-schema.ts";
export type { CompiledSchema, SchemaOutcome } from "./json-schema.ts";
