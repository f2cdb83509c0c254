export { chartReads } from "./chart-reads.ts";
export type { ChartReads, ReadNode } from "./chart-reads.ts";
export { unreadValues } from "./unread-values.ts";
export type { UnreadValue } from "./unread-values.ts";
export { valueOrigins } from "./value-origins.ts";
export type { OriginInput, ValueOrigin, ValueWay } from "./value-origins.ts";
export type { ValueSource } from "./tagged-values.ts";
export { drawPicture, showFailures } from "./error-picture.ts";
export type { FailureStep, ShownFailure } from "./error-picture.ts";
