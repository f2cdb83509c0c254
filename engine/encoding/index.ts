export { decodeJson, decodeJsonList, decodeJsonMap } from "./json-decode.ts";
export { encodeJson, encodeJsonValue, jsonString } from "./json-encode.ts";
export type { JsonStyle } from "./json-encode.ts";
export { JsonError } from "./json-error.ts";
export type { JsonErrorCode } from "./json-error.ts";
export { fromJsonValue, toJsonValue } from "./json-value.ts";
export { decodeYamlStruct, decodeYamlStructPointer } from "./struct.ts";
export type { FieldType } from "./struct.ts";
export { decodeGoJson, decodeGoValue, encodeGoJson, encodeGoValue } from "./lossless.ts";
export { decodeToml } from "./toml-decode.ts";
export { encodeToml } from "./toml-encode.ts";
export { TomlError } from "./toml-error.ts";
export type { TomlErrorCode } from "./toml-error.ts";
export {
  decodeYaml,
  decodeYamlJson,
  decodeYamlList,
  decodeYamlMap,
  decodeYamlObject,
  decodeYamlStrict,
} from "./yaml-decode.ts";
export { encodeYaml, encodeYamlJson, encodeYamlPretty } from "./yaml-emit.ts";
export { YamlError } from "./yaml-error.ts";
export type { YamlErrorCode } from "./yaml-error.ts";
export { readYamlDocuments, yamlDocuments } from "./yaml-documents.ts";
