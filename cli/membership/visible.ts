import { ForbiddenError, NotFoundError } from "../../provider/core/errors.js";

/** What a list answers; undefined where the key may not see it. */
export async function visible<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof ForbiddenError || error instanceof NotFoundError) return undefined;
    throw error;
  });
}
