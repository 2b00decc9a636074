/**
 * The process that the engine starts for dynamic resources. Its last argument is the engine's address, after those that
 * `--logflow` and `--tracing` hand down; anywhere else (tests, a command line) there is none.
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
