import { ConflictError, InvalidError, NotFoundError, RequestError } from "../core/errors.js";
import { OutcomeUnknownError } from "./errors.js";

/**
 * A write whose failure may hide a success (no-idempotency-keys): there was no response; or, with `orRefused`, it was
 * refused because it is done already; or, with `orGone`, the object was not found, which a proxy may answer as well.
 * The object that `lookUp` finds is the result; if its absence is proven, the failure is thrown.
 */
export async function confirmWrite<T>(
  write: () => Promise<T>,
  lookUp: () => Promise<T | undefined>,
  options: { orRefused?: boolean; orGone?: boolean } = {},
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const refused = error instanceof ConflictError || error instanceof InvalidError;
    const gone = error instanceof NotFoundError;
    const mayBeDone = error.outcomeUnknown || (options.orRefused && refused) || (options.orGone && gone);
    if (!mayBeDone) throw error;
    const found = await lookUp().catch(() => {
      throw error.outcomeUnknown ? new OutcomeUnknownError(error) : error;
    });
    if (found === undefined) throw error;
    return found;
  }
}
