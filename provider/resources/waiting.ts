import * as pulumi from "@pulumi/pulumi";
import { isLanguageHostProcess } from "../core/notes.js";
import { knownValue } from "./references.js";

/** Number of declared people whose invitation is pending, complete when the program ends. */
let waiting = 0;

/**
 * Counts a resource whose person has not accepted their invitation. One line at the end of an update shows their
 * number, and the command that lists them. An inline program of the Automation API shows no line, because its process
 * does not end with it.
 */
export function countIfWaiting(resource: pulumi.CustomResource): void {
  const { status } = resource as unknown as { status?: unknown };
  if (status === undefined || !isLanguageHostProcess()) return;
  // The engine reports the failure of the resource.
  void knownValue(status).then(count, () => undefined);
}

function count(status: string | undefined): void {
  if (status === "invited" && waiting++ === 0) process.once("beforeExit", report);
}

/** Runs before the SDK's own handler of this event, which closes the connection to the engine. */
function report(): void {
  const what = waiting === 1 ? "1 invitation is" : `${waiting} invitations are`;
  void pulumi.log.info(`${what} waiting for acceptance: npx pulumi-avala status`);
}
