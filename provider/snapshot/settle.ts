import { ConflictError, InvalidError, NotFoundError, RequestError } from "../core/errors.js";
import { DoubtfulWriteError } from "./errors.js";

/**
 * A write whose failure may hide a success (no-idempotency-keys): no answer, or, where `orRefused`, a refusal because
 * it is done already, or, where `orGone`, that there is nothing any more, which a proxy may say as well. What `lookUp`
 * finds counts as the result; a proven absence passes the failure on.
 */
export async function settle<T>(
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
    const mayBeDone = error.doubtful || (options.orRefused && refused) || (options.orGone && gone);
    if (!mayBeDone) throw error;
    const found = await lookUp().catch(() => {
      throw error.doubtful ? new DoubtfulWriteError(error) : error;
    });
    if (found === undefined) throw error;
    return found;
  }
}
