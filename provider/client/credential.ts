import { NotFoundError } from "./errors.js";
import { path } from "./path.js";
import type { Transport } from "./transport.js";
import type { AvalaClient } from "./types.js";
import { decode, permissions } from "./wire.js";

export function credential(transport: Transport): AvalaClient["credential"] {
  return {
    async permissions() {
      try {
        return decode(permissions, await transport.get(path`/users/me/permissions/`));
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },
  };
}
