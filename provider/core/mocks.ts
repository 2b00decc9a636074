/**
 * Whether a program runs with the mocks of a unit test (`pulumi.runtime.setMocks`), and not with an engine: the monitor
 * of an engine is a gRPC client, which has a channel.
 */
export function isMock(monitor: unknown): boolean {
  return monitor !== undefined && typeof (monitor as { getChannel?: unknown }).getChannel !== "function";
}
