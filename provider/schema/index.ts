import { invitation } from "./invitation.js";
import { organization } from "./organization.js";
import { organizationMember } from "./organizationMember.js";
import { team } from "./team.js";
import { teamMembership } from "./teamMembership.js";
import { teamRoster } from "./teamRoster.js";

/** Every resource, in the order of the documentation. */
export const resources = { organization, team, organizationMember, teamMembership, teamRoster, invitation };

export * from "./fields.js";
export * from "./people.js";
export * from "./roster.js";
export * from "./token.js";
export * from "./validation.js";
export { organization, team, organizationMember, teamMembership, teamRoster, invitation };
