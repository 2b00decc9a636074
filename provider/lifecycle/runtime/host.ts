/**
 * The address of the engine, which is the last argument of a host process, after those of `--logflow` and `--tracing`.
 * Other processes (tests, the command line) have no such address.
 */
export interface EngineAddress {
  host: string;
  port: number;
  text: string;
}

export function engineAddress(argv: readonly string[] = process.argv): EngineAddress | undefined {
  if (!/[\\/]dynamic-provider([\\/]index\.js)?$/.test(argv[1] ?? "")) return undefined;
  const text = argv.slice(2).at(-1) ?? "";
  const match = /^(.+):(\d+)$/.exec(text);
  return match ? { host: match[1]!, port: Number(match[2]), text } : undefined;
}
