/** The parts of a Durable Object's state that are used here. */
export interface DurableObjectState {
  readonly storage: DurableStorage;
}

/** SQLite and the alarm of one object. Writes are atomic up to the next `await`. */
export interface DurableStorage {
  readonly sql: SqlStorage;
  readonly transactionSync: <T>(work: () => T) => T;
  readonly getAlarm: () => Promise<number | null>;
  readonly setAlarm: (time: number) => Promise<void>;
  readonly deleteAlarm: () => Promise<void>;
}

/** A column's value. */
export type SqlValue = string | number | null | ArrayBuffer;
/** A row by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** SQL on an object's own database. */
export interface SqlStorage {
  readonly exec: (
    query: string,
    ...bindings: readonly SqlValue[]
  ) => { readonly toArray: () => readonly SqlRow[]; readonly rowsWritten: number };
}

/** Objects of one class by name. */
export interface DurableObjectNamespace<Stub> {
  readonly idFromName: (name: string) => DurableObjectId;
  readonly get: (id: DurableObjectId) => Stub;
}

/** Opaque. */
export interface DurableObjectId {
  readonly name?: string;
}

/** A column that must be text. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new Error(`sql: column ${column} is no text`);
  return value;
}

/** A column that must be a number. */
export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new Error(`sql: column ${column} is no number`);
  return value;
}
