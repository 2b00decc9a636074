import { isDeepStrictEqual } from "node:util";
import type { Observed, Observer } from "../../provider/lifecycle/observer.js";
import { ForbiddenError, NotFoundError, type AvalaError } from "../../provider/core/errors.js";
import { IdentityUnknownError, TeamVanishedError } from "../../provider/snapshot/index.js";
import type { Managed } from "../pulumi/managed.js";

/** A resource of the state, and what a refresh would make of it. */
export type Look = { resource: Managed } & (
  | { is: "there"; now: Observed }
  /** A complete, authorised list does not hold it. */
  | { is: "missing" }
  /** Not known: the key may not see what is needed. */
  | { is: "hidden"; why: string }
);

/** Looks, as a refresh does. What is not to be seen is no absence; any other failure is one. */
export async function lookAtResource(observer: Observer, resource: Managed): Promise<Look> {
  if (resource.kind === "TeamRoster" && resource.sealed.includes("members")) {
    return { resource, is: "hidden", why: "its members are encrypted in this state" };
  }
  try {
    const now = await observer.refreshed(resource.key, resource.id, resource.outputs);
    return now ? { resource, is: "there", now } : { resource, is: "missing" };
  } catch (error) {
    if (error instanceof TeamVanishedError) return { resource, is: "missing" };
    if (error instanceof IdentityUnknownError) return { resource, is: "hidden", why: error.message };
    if (error instanceof ForbiddenError || error instanceof NotFoundError) {
      return { resource, is: "hidden", why: refusal(error) };
    }
    throw error;
  }
}

function refusal(error: (ForbiddenError | NotFoundError) & AvalaError): string {
  const { method, path, status } = error.request;
  return `${method} ${path} answered ${status}`;
}

/** Names of the declared properties that Avala shows otherwise. */
export function changedProperties({ resource, now }: Extract<Look, { is: "there" }>): string[] {
  return Object.keys(now.inputs).filter((name) => !isDeepStrictEqual(resource.outputs[name], now.inputs[name]));
}
