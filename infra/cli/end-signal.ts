/** What comes so soon after a signal is the same wish: a launcher passes on what its whole group may have been sent. */
const SAME_WISH_MS = 300;

/** Aborted at the first SIGINT or SIGTERM, which no longer ends the process then; a later one does, at once. */
export function endSignal(): AbortSignal {
  const ending = new AbortController();
  let first: number | undefined;
  const end = (): void => {
    first ??= performance.now();
    if (performance.now() - first > SAME_WISH_MS) process.exit(1);
    ending.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
  return ending.signal;
}
