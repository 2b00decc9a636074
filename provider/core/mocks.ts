/**
 * Whether a program talks to the mocks of a unit test (`pulumi.runtime.setMocks`), and not to an engine: the monitor of
 * an engine is a gRPC client, and has a channel.
 */
export function isMock(monitor: unknown): boolean {
  return monitor !== undefined && typeof (monitor as { getChannel?: unknown }).getChannel !== "function";
}
