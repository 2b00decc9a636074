import * as pulumi from "@pulumi/pulumi";
import { AvalaError } from "../core/errors.js";
import type { Provider } from "../resources/provider.js";
import { functionToken } from "../schema/token.js";
import type { Query } from "./query.js";

/**
 * The answer of a unit test's mocks in place of the service's. The SDK's own `invoke` would lose the errors that they
 * throw, and turn lists into objects.
 */
export async function mocked<Args, Result>(
  query: Query<Args, Result>,
  args: Args,
  provider: Provider | undefined,
): Promise<Result> {
  const token = functionToken(query.name);
  const { mocks } = pulumi.runtime.getMonitor() as unknown as { mocks?: Partial<pulumi.runtime.Mocks> };
  if (typeof mocks?.call !== "function") throw new MockError(token, "have no call", query.isList);
  const inputs = Object.fromEntries(Object.entries(args ?? {}).filter(([, value]) => value !== undefined));
  const by = provider && (await referenceOf(provider));
  const answer: unknown = await mocks.call({ token, inputs, ...(by !== undefined && { provider: by }) });
  if (!isAnswer(answer, query.isList)) throw new MockError(token, "give no answer", query.isList);
  return query.ofMock(answer as Result);
}

function isAnswer(answer: unknown, isList: boolean): boolean {
  if (isList || Array.isArray(answer)) return isList && Array.isArray(answer);
  return typeof answer === "object" && answer !== null && Object.keys(answer).length > 0;
}

/** As mocks are told of the providers of resources. */
async function referenceOf({ urn, id }: Provider): Promise<string> {
  const known = (output: unknown) => (output as { promise(): Promise<string | undefined> }).promise();
  return `${await known(urn)}::${(await known(id)) ?? pulumi.runtime.unknownValue}`;
}

/** The mocks of a unit test do not answer a function. */
class MockError extends AvalaError {
  readonly code = "AVALA_MOCK";

  constructor(token: string, what: string, isList: boolean) {
    super(
      `The mocks of this unit test ${what} for ${token}, and Avala is never asked in a unit test.`,
      `Let call return the ${isList ? "list" : "object"} that the function is to answer, or throw what it is to fail with.`,
    );
  }
}
