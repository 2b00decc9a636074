import type { Lifecycle } from "./lifecycle.js";
import { invitation } from "./resources/invitation.js";
import { organization } from "./resources/organization.js";
import { organizationMember } from "./resources/organizationMember.js";
import { team } from "./resources/team.js";
import { teamMembership } from "./resources/teamMembership.js";
import { teamRoster } from "./resources/teamRoster.js";

/** A kind of resource, by the name of its handlers. */
export type KindKey = "organization" | "team" | "organizationMember" | "teamMembership" | "teamRoster" | "invitation";

/** The lifecycle of each kind. The type of its observations is used only by the lifecycle itself. */
export const lifecycles: Readonly<Record<KindKey, Lifecycle<unknown>>> = {
  organization,
  team,
  organizationMember,
  teamMembership,
  teamRoster,
  invitation,
} as unknown as Record<KindKey, Lifecycle<unknown>>;
