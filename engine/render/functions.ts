import { sprigFunctions } from "../sprig/index.ts";
import type { FunctionTable } from "../template/function.ts";
import { templateFunctions } from "../template/helm-functions.ts";

/** Every function of Helm's templates beyond Go's builtins. One table for the whole process: parsed templates are bound to it. */
export const renderFunctions: FunctionTable = new Map([...sprigFunctions, ...templateFunctions]);
