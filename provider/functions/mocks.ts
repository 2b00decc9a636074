import * as pulumi from "@pulumi/pulumi";
import { AvalaError } from "../core/errors.js";
import type { Provider } from "../resources/provider.js";
import { functionToken } from "../schema/token.js";
import type { Query } from "./query.js";

/**
 * The result that the mocks of a unit test return, in place of the service's. The SDK's own `invoke` would lose the
 * errors that mocks throw, and turn lists into objects.
 */
export async function mocked<Args, Result>(
  query: Query<Args, Result>,
  args: Args,
  provider: Provider | undefined,
): Promise<Result> {
  const token = functionToken(query.name);
  const { mocks } = pulumi.runtime.getMonitor() as unknown as { mocks?: Partial<pulumi.runtime.Mocks> };
  if (typeof mocks?.call !== "function") throw new MockError(token, "have no call function", query.isList);
  const inputs = Object.fromEntries(Object.entries(args ?? {}).filter(([, value]) => value !== undefined));
  const by = provider && (await referenceOf(provider));
  const answer: unknown = await mocks.call({ token, inputs, ...(by !== undefined && { provider: by }) });
  if (!isAnswer(answer, query.isList)) throw new MockError(token, "return no result", query.isList);
  return query.ofMock(answer as Result);
}

function isAnswer(answer: unknown, isList: boolean): boolean {
  if (isList || Array.isArray(answer)) return isList && Array.isArray(answer);
  return typeof answer === "object" && answer !== null && Object.keys(answer).length > 0;
}

/** A provider's reference, in the form in which mocks get the providers of resources. */
async function referenceOf({ urn, id }: Provider): Promise<string> {
  const known = (output: unknown) => (output as { promise(): Promise<string | undefined> }).promise();
  return `${await known(urn)}::${(await known(id)) ?? pulumi.runtime.unknownValue}`;
}

/** The mocks of a unit test return no result for a function. */
class MockError extends AvalaError {
  readonly code = "AVALA_MOCK";

  constructor(token: string, what: string, isList: boolean) {
    super(
      `The mocks of this unit test ${what} for ${token}, and a unit test never sends a request to Avala.`,
      `Let call return the ${isList ? "list" : "object"} that is the result of the function, or throw its error.`,
    );
  }
}
