import { answersOf, isCall, requestsOf } from "../breaking.js";
import { type Answer, type Breaker, type Call } from "../service.js";

/** A service that breaks one statement of the contract. */
export interface Broken {
  /** What it does, in words. */
  what: string;
  breaker: () => Breaker;
  /** Other statements whose verdict cannot stay the same, with the reason; under `writes`, any that need writes. */
  also?: Readonly<Record<string, string>>;
  /** The key that sees it; default: the owner's. */
  key?: string;
  /** `stays`: the organization of the probe is left. `unproven`: it is gone, and nothing shows that. The command says so. */
  organization?: "stays" | "unproven";
}

export const organization = "/organizations/{slug}/";
export const team = `${organization}teams/{team}/`;
export const getOrganizations = isCall("GET /organizations/");
export const getOrganization = isCall(`GET ${organization}`);
export const patchOrganization = isCall(`PATCH ${organization}`);
export const postTeam = isCall(`POST ${organization}teams/`);
export const patchTeam = isCall(`PATCH ${team}`);
export const permissions = isCall("GET /users/me/permissions/");
export const industryChoices = ({ path }: Call) => path === "/organizations/industry-choices/";
export const isMissing = ({ status }: Answer) => status === 404;

export const withStatus = (which: (call: Call) => boolean, status: number, body?: unknown) =>
  answersOf(which, (answer) => (answer.status < 300 ? { ...answer, status, body: body ?? answer.body } : answer));

/** Changes answers of 404. */
export const missingAs = (which: (call: Call) => boolean, change: (answer: Answer) => Answer) =>
  answersOf(which, (answer) => (isMissing(answer) ? change(answer) : answer));

/** A breaker that remembers something: it is made anew for every run. */
export const remembering =
  <Memory>(memory: () => Memory, make: (memory: Memory) => Breaker) =>
  (): Breaker =>
    make(memory());

/** Serves one key as if it were another. */
export const asKey = (which: (call: Call) => boolean, key: string) =>
  requestsOf(which, (call) => ({ headers: keyOf(call, key) }));

export function keyOf({ headers }: Call, key: string): Headers {
  const changed = new Headers(headers);
  changed.set("x-avala-api-key", key);
  return changed;
}

/** The same reason for several statements. */
export const because = (reason: string, ...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, reason]));
