import { transport } from "./transport.js";
import { lists } from "./lists.js";
import { identity } from "./identity.js";
import { writes } from "./writes.js";
import { people } from "./people.js";
import { scopes } from "./scopes.js";
import type { Broken } from "./common.js";

export type { Broken } from "./common.js";

/** What breaks each statement of the contract, written from what the statement says. */
export const broken: Readonly<Record<string, readonly Broken[]>> = {
  ...transport,
  ...lists,
  ...identity,
  ...writes,
  ...people,
  ...scopes,
};
