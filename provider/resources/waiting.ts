import * as pulumi from "@pulumi/pulumi";
import { isLanguageHostProcess } from "../core/notes.js";
import { knownValue } from "./references.js";

/** Invitations of this update that are pending, when the program has ended and everything is recorded. */
let waiting = 0;

/**
 * Counts a resource whose person has not accepted their invitation. One line at the end of an update tells how many there
 * are, and which command lists them. An inline program of the Automation API has no end of its own, and tells nothing.
 */
export function countIfWaiting(resource: pulumi.CustomResource): void {
  const { status } = resource as unknown as { status?: unknown };
  if (status === undefined || !isLanguageHostProcess()) return;
  // The engine reports the failure of the resource.
  void knownValue(status).then(count, () => undefined);
}

function count(status: string | undefined): void {
  if (status === "invited" && waiting++ === 0) process.once("beforeExit", tell);
}

/** The SDK's own handler of this event, which lets the engine go, comes later. */
function tell(): void {
  const what = waiting === 1 ? "1 invitation is" : `${waiting} invitations are`;
  void pulumi.log.info(`${what} waiting for acceptance: npx pulumi-avala status`);
}
