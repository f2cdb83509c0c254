import type { FunctionTable } from "../template/function.ts";
import { templateFunctions } from "../template/helm-functions.ts";
import { baseFunctions } from "./base-encoding.ts";
import { certificateFunctions } from "./certificates.ts";
import { cryptoFunctions } from "./crypto.ts";
import { dateFunctions } from "./date.ts";
import { defaultFunctions } from "./defaults.ts";
import { dictFunctions } from "./dict.ts";
import { digestFunctions } from "./digest.ts";
import { durationFunctions } from "./durations.ts";
import { encodingFunctions } from "./encoding.ts";
import { flowFunctions } from "./flow.ts";
import { keyFunctions } from "./keys.ts";
import { listFunctions } from "./list.ts";
import { networkFunctions } from "./network.ts";
import { numericFunctions } from "./numeric.ts";
import { pathFunctions } from "./path.ts";
import { randomFunctions } from "./random.ts";
import { reflectFunctions } from "./reflect.ts";
import { regexFunctions } from "./regex.ts";
import { semverFunctions } from "./semver.ts";
import { caseFunctions } from "./string-case.ts";
import { formFunctions } from "./string-form.ts";
import { wrapFunctions } from "./string-wrap.ts";
import { urlFunctions } from "./url.ts";
import { stringFunctions } from "./strings.ts";

/**
 * Every template function of Helm beyond the builtins of `text/template`: Sprig 3.3.0 without `env` and `expandenv`, Helm's own over
 * it. Sprig's `slice` shadows the builtin.
 */
export const sprigFunctions: FunctionTable = new Map([
  ...stringFunctions,
  ...caseFunctions,
  ...wrapFunctions,
  ...formFunctions,
  ...baseFunctions,
  ...randomFunctions,
  ...numericFunctions,
  ...listFunctions,
  ...dictFunctions,
  ...defaultFunctions,
  ...reflectFunctions,
  ...regexFunctions,
  ...pathFunctions,
  ...digestFunctions,
  ...flowFunctions,
  ...templateFunctions,
  ...encodingFunctions,
  ...dateFunctions,
  ...durationFunctions,
  ...semverFunctions,
  ...networkFunctions,
  ...urlFunctions,
  ...cryptoFunctions,
  ...keyFunctions,
  ...certificateFunctions,
]);
