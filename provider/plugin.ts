/**
 * The handlers behind the constant text that every resource carries in state. This module's address,
 * `pulumi-avala/provider`, and the names it exports are a promise for ever: old states ask for them.
 */
import { handlersOf } from "./lifecycle/handlers.js";
import { invitation as invitationLife } from "./lifecycle/resources/invitation.js";
import { organization as organizationLife } from "./lifecycle/resources/organization.js";
import { organizationMember as organizationMemberLife } from "./lifecycle/resources/organizationMember.js";
import { team as teamLife } from "./lifecycle/resources/team.js";
import { teamMembership as teamMembershipLife } from "./lifecycle/resources/teamMembership.js";
import { teamRoster as teamRosterLife } from "./lifecycle/resources/teamRoster.js";

export const organization = handlersOf(organizationLife);
export const team = handlersOf(teamLife);
export const organizationMember = handlersOf(organizationMemberLife);
export const teamMembership = handlersOf(teamMembershipLife);
export const teamRoster = handlersOf(teamRosterLife);
export const invitation = handlersOf(invitationLife);
