import type { GoValue } from "../go/value.ts";
import type { FormatCheck } from "./format.ts";
import type { Decimal } from "./number.ts";

/** A pattern: its text and whether it matches anywhere in a string. */
export interface Pattern {
  readonly text: string;
  readonly test: (text: string) => boolean;
}

/** A format that is asserted. */
export interface Format {
  readonly name: string;
  readonly check: FormatCheck;
}

/** A compiled schema. References point to other nodes, so that a node is filled only after it was made. */
export interface Schema {
  /** Where it stands: the document's URL and a JSON pointer. */
  readonly location: string;
  /** Draft 4, 6, 7, 2019 or 2020. */
  draft: number;
  /** `true` and `false` as schemas. */
  bool?: boolean | undefined;
  /** The root of its resource; `undefined` is itself. */
  resource: Schema | undefined;
  dynamicAnchors?: Map<string, Schema> | undefined;
  dynamicAnchor?: string | undefined;
  recursiveAnchor?: boolean | undefined;
  allPropertiesEvaluated: boolean;
  allItemsEvaluated: boolean;
  itemsEvaluated: number;
  ref?: Schema | undefined;
  recursiveRef?: Schema | undefined;
  dynamicRef?: { readonly target: Schema; readonly anchor: string } | undefined;
  types: number;
  constant?: { readonly value: GoValue } | undefined;
  enumeration?: { readonly values: readonly GoValue[]; readonly types: number } | undefined;
  format?: Format | undefined;
  not?: Schema | undefined;
  allOf?: readonly Schema[] | undefined;
  anyOf?: readonly Schema[] | undefined;
  oneOf?: readonly Schema[] | undefined;
  /** `if`, `then` and `else`. */
  condition?: Schema | undefined;
  consequence?: Schema | undefined;
  alternative?: Schema | undefined;
  object?: ObjectRules | undefined;
  array?: ArrayRules | undefined;
  text?: TextRules | undefined;
  number?: NumberRules | undefined;
  unevaluatedProperties?: Schema | undefined;
  unevaluatedItems?: Schema | undefined;
}

export interface ObjectRules {
  readonly minProperties?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly required: readonly string[];
  readonly dependencies: readonly (readonly [string, readonly string[] | Schema])[];
  readonly properties: ReadonlyMap<string, Schema>;
  readonly patternProperties: readonly (readonly [Pattern, Schema])[];
  readonly additionalProperties?: boolean | Schema | undefined;
  propertyNames?: Schema | undefined;
  dependentSchemas?: readonly (readonly [string, Schema])[] | undefined;
  dependentRequired?: readonly (readonly [string, readonly string[]])[] | undefined;
}

export interface ArrayRules {
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly uniqueItems: boolean;
  /** Schemas of the first items. */
  prefix: readonly Schema[];
  /** The schema of the items after those; `false` allows none. */
  rest?: boolean | Schema | undefined;
  contains?: Schema | undefined;
  minContains?: number | undefined;
  maxContains?: number | undefined;
}

export interface TextRules {
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: Pattern | undefined;
}

export interface NumberRules {
  readonly minimum?: Decimal | undefined;
  readonly maximum?: Decimal | undefined;
  readonly exclusiveMinimum?: Decimal | undefined;
  readonly exclusiveMaximum?: Decimal | undefined;
  readonly multipleOf?: Decimal | undefined;
}

/** An empty schema, which allows everything. */
export function newSchema(location: string, draft: number): Schema {
  return {
    location,
    draft,
    resource: undefined,
    allPropertiesEvaluated: false,
    allItemsEvaluated: false,
    itemsEvaluated: 0,
    types: 0,
  };
}
