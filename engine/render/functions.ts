import { sprigFunctions } from "../sprig/index.ts";
import type { FunctionTable } from "../template/function.ts";
import { templateFunctions } from "../template/helm-functions.ts";

/** Every function of Helm's templates beyond Go's builtins. The table of every render without functions of plugins. */
export const renderFunctions: FunctionTable = new Map([...sprigFunctions, ...templateFunctions]);
