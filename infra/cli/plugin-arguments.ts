/** Whether a command line may run plugins. They run in threads, which a start-up snapshot does not start. */
export function runsPlugins(argv: readonly string[]): boolean {
  return argv.some(
    (arg) => ["--post-renderer", "--functions", "--policy"].some((flag) => arg.startsWith(flag)) || namesGetter(arg),
  );
}

/** Whether a URL of a scheme that is not Helm's own is in an argument: a getter plugin may serve it. */
function namesGetter(arg: string): boolean {
  return [...arg.matchAll(/([A-Za-z0-9+.-]{1,64}):\/\//g)].some(
    ([, scheme]) => !/^(?:https?|oci)$/i.test(scheme ?? ""),
  );
}
