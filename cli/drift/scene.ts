import type { Live } from "../membership/live.js";
import type { OrganizationNamed } from "./finding.js";
import type { Look } from "./look.js";
import type { Names } from "./names.js";

/** What is known of an organization when its resources are judged. */
export interface Scene {
  organization: OrganizationNamed;
  live: Live;
  looks: readonly Look[];
  teamNames: ReadonlyMap<string, string>;
  /** For what is to be adopted. */
  names: Names;
  /** Uid of the owner that the state records, where that is somebody else now. */
  formerOwner: string | undefined;
}
