/**
 * The handlers to which the constant text in the state of every resource refers. This module's name,
 * `pulumi-avala/provider`, and the names that it exports never change: old states load them.
 */
import { handlersOf } from "./lifecycle/handlers.js";
import { lifecycles } from "./lifecycle/registry.js";
import { engineLog } from "./lifecycle/runtime/engineLog.js";
import { engineAddress } from "./lifecycle/runtime/host.js";
import { Runtime } from "./lifecycle/runtime/runtime.js";
import { Watchdog } from "./lifecycle/runtime/watchdog.js";

/** The one place with state of the process: a host process takes part in one run of the engine. */
const runtime = runtimeOfProcess();

export const organization = handlersOf(lifecycles.organization, runtime);
export const team = handlersOf(lifecycles.team, runtime);
export const organizationMember = handlersOf(lifecycles.organizationMember, runtime);
export const teamMembership = handlersOf(lifecycles.teamMembership, runtime);
export const teamRoster = handlersOf(lifecycles.teamRoster, runtime);
export const invitation = handlersOf(lifecycles.invitation, runtime);

function runtimeOfProcess(): Runtime {
  const address = engineAddress();
  const environment = (name: string) => process.env[name];
  if (address === undefined) return new Runtime({ environment, sink: () => Promise.resolve() });
  const watchdog = new Watchdog(address, () => process.exit(1));
  return new Runtime({
    environment,
    sink: engineLog(address.text),
    engine: address.text,
    onOpen: () => watchdog.start(),
    beforeRequest: () => watchdog.requireEngine(),
  });
}
