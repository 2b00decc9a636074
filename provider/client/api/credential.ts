import { ForbiddenError, NotFoundError, ResponseShapeError, UnexpectedStatusError } from "../../core/errors.js";
import { path } from "./path.js";
import type { Transport } from "../http/transport.js";
import type { AvalaClient } from "../types.js";
import { currentUser, decode, permissions } from "./wire.js";

export function credential(transport: Transport): AvalaClient["credential"] {
  return {
    permissions: () =>
      undefinedOn([NotFoundError], async () =>
        decode(permissions, await transport.get(path`/users/me/permissions/`)),
      ).catch(unlessUnrouted),

    currentUser: () =>
      undefinedOn([ForbiddenError, NotFoundError, ResponseShapeError, UnexpectedStatusError], async () =>
        decode(currentUser, await transport.get(path`/users/me/`)),
      ),
  };
}

/** A deployment without this route returns a page of its framework. */
function unlessUnrouted(error: unknown): undefined {
  if (error instanceof UnexpectedStatusError && error.request.status === 404) return undefined;
  throw error;
}

type ErrorClass = new (...args: never[]) => Error;

/** The result of a read, or `undefined` if it fails with an error of these classes. */
async function undefinedOn<T>(classes: readonly ErrorClass[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (classes.some((type) => error instanceof type)) return undefined;
    throw error;
  }
}
