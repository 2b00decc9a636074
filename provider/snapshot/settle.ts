import { ConflictError, InvalidError, RequestError } from "../client/index.js";
import { DoubtfulWriteError } from "./errors.js";

/**
 * A write whose failure may hide a success (T8): no answer, or, where `orRefused`, a refusal because it is done
 * already. What `lookUp` finds counts as the result; a proven absence passes the failure on.
 */
export async function settle<T>(
  write: () => Promise<T>,
  lookUp: () => Promise<T | undefined>,
  options: { orRefused?: boolean } = {},
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const refused = error instanceof ConflictError || error instanceof InvalidError;
    if (!error.doubtful && !(options.orRefused && refused)) throw error;
    const found = await lookUp().catch(() => {
      throw error.doubtful ? new DoubtfulWriteError(error) : error;
    });
    if (found === undefined) throw error;
    return found;
  }
}
