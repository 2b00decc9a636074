import * as pulumi from "@pulumi/pulumi";

/**
 * Unit tests of programs: after `pulumi.runtime.setMocks` no engine and no service is there. A function then asks the `call`
 * of the mocks, as the functions of other packages do, under the token `avala:index:<name>`.
 */

const code = "AVALA_MOCK";

/** Whether the program runs under mocks. */
export function isMocked(): boolean {
  // The SDK exports no class to ask for; its monitor under mocks keeps them in a public field.
  const monitor = pulumi.runtime.getMonitor() as { mocks?: unknown } | undefined;
  return monitor?.mocks !== undefined;
}

/**
 * What the mocks answer to a function. A mock answers an object, as everywhere in Pulumi; a list stands in its `result`.
 *
 * @throws `AVALA_MOCK` where the mock of a list has no such `result`
 */
export async function askMocks(name: string, isList: boolean, args: object): Promise<unknown> {
  const token = `avala:index:${name}`;
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  const answer = (await pulumi.runtime.invoke(token, Object.fromEntries(given))) as { result?: unknown };
  if (!isList) return answer;
  if (Array.isArray(answer.result)) return answer.result;
  const message = `The mocks answer ${token} without a list. Return { result: [...] } for this token in call() of pulumi.runtime.setMocks. [${code}]`;
  throw Object.assign(new pulumi.RunError(message), { code });
}
