/**
 * The handlers behind the constant text that every resource carries in state. This module's address,
 * `pulumi-avala/provider`, and the names it exports are a promise for ever: old states ask for them.
 */
import { handlersOf } from "./handlers.js";
import { invitation as invitationLife } from "./invitation.js";
import { organization as organizationLife } from "./organization.js";
import { organizationMember as organizationMemberLife } from "./organizationMember.js";
import { team as teamLife } from "./team.js";
import { teamMembership as teamMembershipLife } from "./teamMembership.js";
import { teamRoster as teamRosterLife } from "./teamRoster.js";

export const organization = handlersOf(organizationLife);
export const team = handlersOf(teamLife);
export const organizationMember = handlersOf(organizationMemberLife);
export const teamMembership = handlersOf(teamMembershipLife);
export const teamRoster = handlersOf(teamRosterLife);
export const invitation = handlersOf(invitationLife);
