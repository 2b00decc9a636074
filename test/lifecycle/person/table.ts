/**
 * Every situation of a person, with every declaration and every command. This table is the specification:
 * test/lifecycle/person runs all of it on the real host process, and docs/internals/person.md shows it.
 *
 * A cell contains: the steps of the engine; the requests that change Avala, in this order (invite, cancel, set role,
 * remove, add to team, remove from team); emails; the status in the state; the person's access in Avala afterwards; the
 * lists that were read, each once; whether the run logs a warning or a message; or the code of the error that ends it.
 * Preview and up run first. If something has changed since the last run, refresh and the up after it start from the
 * same state as that preview; otherwise they follow the up. Destroy runs last. After every up a preview is empty. Every
 * row has its own organization, and many rows share a run.
 */

export const situations = {
  none: "Neither a member nor invited.",
  invited: "Invited as a member by somebody else, before the first run.",
  activeMember: "A member before the first run.",
  activeAdmin: "An admin before the first run.",
  owner: "The owner of the organization.",
  hidden: "A member before the first run, and Avala hides all email addresses.",
  expired: "Invited; the invitation has expired since the last run.",
  accepted: "Invited; the person has accepted since the last run.",
  gone: "Invited; the person has declined, or somebody has cancelled the invitation, since the last run.",
  removed: "Recorded as a member; somebody else has removed the person since the last run.",
  left: "Recorded as a member; the person has left the organization since the last run.",
  emailChanged: "Recorded as a member; the person has a different email address since the last run.",
  hiddenSince: "Recorded as a member; Avala hides all email addresses since the last run.",
} as const;

export const declarations = {
  absent: "never declared",
  withdrawn: "OrganizationMember, role member, removed from the program",
  member: "OrganizationMember, role member",
  admin: "OrganizationMember, role admin",
  teamMember: "only TeamMembership, role member",
  teamLead: "only TeamMembership, role lead",
  memberAndLead: "OrganizationMember and TeamMembership, role lead",
} as const;

export type Situation = keyof typeof situations;
export type Declaration = keyof typeof declarations;

export interface Row {
  preview: string;
  up: string;
  refresh: string;
  upAfterRefresh: string;
  destroy: string;
}

export const table: Record<Situation, Record<Declaration, Row>> = {
  none: {
    absent: {
      preview: "Avala: nobody",
      up: "Avala: nobody",
      refresh: "Avala: nobody",
      upAfterRefresh: "Avala: nobody",
      destroy: "Avala: nobody",
    },
    withdrawn: {
      preview: "delete; state: invited; Avala: invited as member",
      up: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
      refresh: "Avala: nobody",
      upAfterRefresh: "Avala: nobody",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "create; Avala: nobody",
      up: "create; invite; 1 email; state: invited; Avala: invited as member; reads invitations, organizations, people",
      refresh: "same; state: invited; Avala: invited as member; reads invitations, organizations, people",
      upAfterRefresh: "same; state: invited; Avala: invited as member; reads invitations, organizations",
      destroy: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "create; Avala: nobody",
      up: "create; invite; 1 email; state: invited; Avala: invited as admin; reads invitations, organizations, people",
      refresh: "same; state: invited; Avala: invited as admin; reads invitations, organizations, people",
      upAfterRefresh: "same; state: invited; Avala: invited as admin; reads invitations, organizations",
      destroy: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "create; Avala: nobody",
      up: "create; state: waiting; Avala: nobody; reads invitations, organizations, people, teams; warns",
      refresh: "same; state: waiting; Avala: nobody; reads organizations, people, teams",
      upAfterRefresh: "same; state: waiting; Avala: nobody; reads organizations, people",
      destroy: "delete; Avala: nobody; reads organizations, people, teams",
    },
    teamLead: {
      preview: "create; Avala: nobody",
      up: "create; state: waiting; Avala: nobody; reads invitations, organizations, people, teams; warns",
      refresh: "same; state: waiting; Avala: nobody; reads organizations, people, teams",
      upAfterRefresh: "same; state: waiting; Avala: nobody; reads organizations, people",
      destroy: "delete; Avala: nobody; reads organizations, people, teams",
    },
    memberAndLead: {
      preview: "create+create; Avala: nobody",
      up: "create+create; invite; 1 email; state: invited+waiting; Avala: invited as member; reads invitations, organizations, people, teams",
      refresh:
        "same+same; state: invited+waiting; Avala: invited as member; reads invitations, organizations, people, teams",
      upAfterRefresh:
        "same+same; state: invited+waiting; Avala: invited as member; reads invitations, organizations, people",
      destroy: "delete+delete; cancel; Avala: nobody; reads invitations, organizations, people, teams",
    },
  },
  invited: {
    absent: {
      preview: "Avala: invited as member",
      up: "Avala: invited as member",
      refresh: "Avala: invited as member",
      upAfterRefresh: "Avala: invited as member",
      destroy: "Avala: invited as member",
    },
    withdrawn: {
      preview: "delete; state: invited; Avala: invited as member",
      up: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
      refresh: "Avala: nobody",
      upAfterRefresh: "Avala: nobody",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "create; Avala: invited as member",
      up: "create; state: invited; Avala: invited as member; reads invitations, organizations, people",
      refresh: "same; state: invited; Avala: invited as member; reads invitations, organizations, people",
      upAfterRefresh: "same; state: invited; Avala: invited as member; reads invitations, organizations",
      destroy: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "create; Avala: invited as member",
      up: "create; cancel+invite; 1 email; state: invited; Avala: invited as admin; reads invitations, organizations, people",
      refresh: "same; state: invited; Avala: invited as admin; reads invitations, organizations, people",
      upAfterRefresh: "same; state: invited; Avala: invited as admin; reads invitations, organizations",
      destroy: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "create; Avala: invited as member",
      up: "create; state: waiting; Avala: invited as member; reads invitations, organizations, people, teams",
      refresh: "same; state: waiting; Avala: invited as member; reads organizations, people, teams",
      upAfterRefresh: "same; state: waiting; Avala: invited as member; reads organizations, people",
      destroy: "delete; Avala: invited as member; reads organizations, people, teams",
    },
    teamLead: {
      preview: "create; Avala: invited as member",
      up: "create; state: waiting; Avala: invited as member; reads invitations, organizations, people, teams",
      refresh: "same; state: waiting; Avala: invited as member; reads organizations, people, teams",
      upAfterRefresh: "same; state: waiting; Avala: invited as member; reads organizations, people",
      destroy: "delete; Avala: invited as member; reads organizations, people, teams",
    },
    memberAndLead: {
      preview: "create+create; Avala: invited as member",
      up: "create+create; state: invited+waiting; Avala: invited as member; reads invitations, organizations, people, teams",
      refresh:
        "same+same; state: invited+waiting; Avala: invited as member; reads invitations, organizations, people, teams",
      upAfterRefresh:
        "same+same; state: invited+waiting; Avala: invited as member; reads invitations, organizations, people",
      destroy: "delete+delete; cancel; Avala: nobody; reads invitations, organizations, people, teams",
    },
  },
  activeMember: {
    absent: {
      preview: "Avala: member",
      up: "Avala: member",
      refresh: "Avala: member",
      upAfterRefresh: "Avala: member",
      destroy: "Avala: member",
    },
    withdrawn: {
      preview: "delete; state: active; Avala: member",
      up: "delete; remove; Avala: nobody; reads invitations, organizations, people",
      refresh: "Avala: nobody",
      upAfterRefresh: "Avala: nobody",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "create; Avala: member",
      up: "create; state: active; Avala: member; reads invitations, organizations, people",
      refresh: "same; state: active; Avala: member; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: member",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "create; Avala: member",
      up: "create; set role; state: active; Avala: admin; reads invitations, organizations, people",
      refresh: "same; state: active; Avala: admin; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: admin",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "create; Avala: member",
      up: "create; add to team; state: active; Avala: member, team member; reads organizations, people, team, teams",
      refresh: "same; state: active; Avala: member, team member; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: member, team member",
      destroy: "delete; remove from team; Avala: member; reads organizations, team, teams",
    },
    teamLead: {
      preview: "create; Avala: member",
      up: "create; add to team; state: active; Avala: member, team lead; reads organizations, people, team, teams",
      refresh: "same; state: active; Avala: member, team lead; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: member, team lead",
      destroy: "delete; remove from team; Avala: member; reads organizations, team, teams",
    },
    memberAndLead: {
      preview: "create+create; Avala: member",
      up: "create+create; add to team; state: active+active; Avala: member, team lead; reads invitations, organizations, people, team, teams",
      refresh: "same+same; state: active+active; Avala: member, team lead; reads organizations, people, team, teams",
      upAfterRefresh: "same+same; state: active+active; Avala: member, team lead",
      destroy:
        "delete+delete; remove from team+remove; Avala: nobody; reads invitations, organizations, people, team, teams",
    },
  },
  activeAdmin: {
    absent: {
      preview: "Avala: admin",
      up: "Avala: admin",
      refresh: "Avala: admin",
      upAfterRefresh: "Avala: admin",
      destroy: "Avala: admin",
    },
    withdrawn: {
      preview: "delete; state: active; Avala: member",
      up: "delete; remove; Avala: nobody; reads invitations, organizations, people",
      refresh: "Avala: nobody",
      upAfterRefresh: "Avala: nobody",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "create; Avala: admin",
      up: "create; set role; state: active; Avala: member; reads invitations, organizations, people",
      refresh: "same; state: active; Avala: member; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: member",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "create; Avala: admin",
      up: "create; state: active; Avala: admin; reads invitations, organizations, people",
      refresh: "same; state: active; Avala: admin; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: admin",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "create; Avala: admin",
      up: "create; add to team; state: active; Avala: admin, team member; reads organizations, people, team, teams",
      refresh: "same; state: active; Avala: admin, team member; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: admin, team member",
      destroy: "delete; remove from team; Avala: admin; reads organizations, team, teams",
    },
    teamLead: {
      preview: "create; Avala: admin",
      up: "create; add to team; state: active; Avala: admin, team lead; reads organizations, people, team, teams",
      refresh: "same; state: active; Avala: admin, team lead; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: admin, team lead",
      destroy: "delete; remove from team; Avala: admin; reads organizations, team, teams",
    },
    memberAndLead: {
      preview: "create+create; Avala: admin",
      up: "create+create; set role+add to team; state: active+active; Avala: member, team lead; reads invitations, organizations, people, team, teams",
      refresh: "same+same; state: active+active; Avala: member, team lead; reads organizations, people, team, teams",
      upAfterRefresh: "same+same; state: active+active; Avala: member, team lead",
      destroy:
        "delete+delete; remove from team+remove; Avala: nobody; reads invitations, organizations, people, team, teams",
    },
  },
  owner: {
    absent: {
      preview: "Avala: owner",
      up: "Avala: owner",
      refresh: "Avala: owner",
      upAfterRefresh: "Avala: owner",
      destroy: "Avala: owner",
    },
    withdrawn: {
      preview: "delete; state: active; Avala: owner",
      up: "delete; Avala: owner; reads organizations, people; warns",
      refresh: "Avala: owner",
      upAfterRefresh: "Avala: owner",
      destroy: "Avala: owner",
    },
    member: {
      preview: "create; Avala: owner",
      up: "create; state: active; Avala: owner; reads invitations, organizations, people; warns",
      refresh: "same; state: active; Avala: owner; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: owner",
      destroy: "delete; Avala: owner; reads organizations, people; warns",
    },
    admin: {
      preview: "create; Avala: owner",
      up: "create; state: active; Avala: owner; reads invitations, organizations, people; warns",
      refresh: "same; state: active; Avala: owner; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: owner",
      destroy: "delete; Avala: owner; reads organizations, people; warns",
    },
    teamMember: {
      preview: "create; Avala: owner",
      up: "create; add to team; state: active; Avala: owner, team member; reads organizations, people, team, teams",
      refresh: "same; state: active; Avala: owner, team member; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: owner, team member",
      destroy: "delete; remove from team; Avala: owner; reads organizations, team, teams",
    },
    teamLead: {
      preview: "create; Avala: owner",
      up: "create; add to team; state: active; Avala: owner, team lead; reads organizations, people, team, teams",
      refresh: "same; state: active; Avala: owner, team lead; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: owner, team lead",
      destroy: "delete; remove from team; Avala: owner; reads organizations, team, teams",
    },
    memberAndLead: {
      preview: "create+create; Avala: owner",
      up: "create+create; add to team; state: active+active; Avala: owner, team lead; reads invitations, organizations, people, team, teams; warns",
      refresh: "same+same; state: active+active; Avala: owner, team lead; reads organizations, people, team, teams",
      upAfterRefresh: "same+same; state: active+active; Avala: owner, team lead",
      destroy: "delete+delete; remove from team; Avala: owner; reads organizations, people, team, teams; warns",
    },
  },
  hidden: {
    absent: {
      preview: "Avala: member",
      up: "Avala: member",
      refresh: "Avala: member",
      upAfterRefresh: "Avala: member",
      destroy: "Avala: member",
    },
    withdrawn: {
      preview: "Avala: member",
      up: "Avala: member",
      refresh: "Avala: member",
      upAfterRefresh: "Avala: member",
      destroy: "Avala: member",
    },
    member: {
      preview: "create; Avala: member",
      up: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads invitations, organizations, people",
      refresh: "Avala: member",
      upAfterRefresh: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads invitations, organizations, people",
      destroy: "Avala: member",
    },
    admin: {
      preview: "create; Avala: member",
      up: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads invitations, organizations, people",
      refresh: "Avala: member",
      upAfterRefresh: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads invitations, organizations, people",
      destroy: "Avala: member",
    },
    teamMember: {
      preview: "create; Avala: member",
      up: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads organizations, people, teams",
      refresh: "Avala: member",
      upAfterRefresh: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads organizations, people, teams",
      destroy: "Avala: member",
    },
    teamLead: {
      preview: "create; Avala: member",
      up: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads organizations, people, teams",
      refresh: "Avala: member",
      upAfterRefresh: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads organizations, people, teams",
      destroy: "Avala: member",
    },
    memberAndLead: {
      preview: "create+create; Avala: member",
      up: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads invitations, organizations, people",
      refresh: "Avala: member",
      upAfterRefresh: "AVALA_IDENTITY_UNKNOWN; Avala: member; reads invitations, organizations, people",
      destroy: "Avala: member",
    },
  },
  expired: {
    absent: {
      preview: "Avala: expired",
      up: "Avala: expired",
      refresh: "Avala: expired",
      upAfterRefresh: "Avala: expired",
      destroy: "Avala: expired",
    },
    withdrawn: {
      preview: "delete; state: invited; Avala: expired",
      up: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
      refresh: "update; state: expired; Avala: expired; reads invitations, organizations, people; warns",
      upAfterRefresh: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "same; state: invited; Avala: expired; reads invitations, organizations, people; warns",
      up: "same; state: invited; Avala: expired; reads invitations, organizations, people; warns",
      refresh: "update; state: expired; Avala: expired; reads invitations, organizations, people; warns",
      upAfterRefresh: "same; state: expired; Avala: expired; reads invitations, organizations, people; warns",
      destroy: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "same; state: invited; Avala: expired; reads invitations, organizations, people; warns",
      up: "same; state: invited; Avala: expired; reads invitations, organizations, people; warns",
      refresh: "update; state: expired; Avala: expired; reads invitations, organizations, people; warns",
      upAfterRefresh: "same; state: expired; Avala: expired; reads invitations, organizations, people; warns",
      destroy: "delete; cancel; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "same; state: waiting; Avala: expired; reads organizations, people",
      up: "same; state: waiting; Avala: expired; reads organizations, people",
      refresh: "same; state: waiting; Avala: expired; reads organizations, people, teams",
      upAfterRefresh: "same; state: waiting; Avala: expired; reads organizations, people",
      destroy: "delete; Avala: expired; reads organizations, people, teams",
    },
    teamLead: {
      preview: "same; state: waiting; Avala: expired; reads organizations, people",
      up: "same; state: waiting; Avala: expired; reads organizations, people",
      refresh: "same; state: waiting; Avala: expired; reads organizations, people, teams",
      upAfterRefresh: "same; state: waiting; Avala: expired; reads organizations, people",
      destroy: "delete; Avala: expired; reads organizations, people, teams",
    },
    memberAndLead: {
      preview: "same+same; state: invited+waiting; Avala: expired; reads invitations, organizations, people; warns",
      up: "same+same; state: invited+waiting; Avala: expired; reads invitations, organizations, people; warns",
      refresh:
        "update+same; state: expired+waiting; Avala: expired; reads invitations, organizations, people, teams; warns",
      upAfterRefresh:
        "same+same; state: expired+waiting; Avala: expired; reads invitations, organizations, people; warns",
      destroy: "delete+delete; cancel; Avala: nobody; reads invitations, organizations, people, teams",
    },
  },
  accepted: {
    absent: {
      preview: "Avala: member",
      up: "Avala: member",
      refresh: "Avala: member",
      upAfterRefresh: "Avala: member",
      destroy: "Avala: member",
    },
    withdrawn: {
      preview: "delete; state: invited; Avala: member",
      up: "delete; remove; Avala: nobody; reads invitations, organizations, people",
      refresh: "update; state: active; Avala: member; reads invitations, organizations, people",
      upAfterRefresh: "delete; remove; Avala: nobody; reads invitations, organizations, people",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "update; state: invited; Avala: member; reads invitations, organizations, people; says",
      up: "update; state: active; Avala: member; reads invitations, organizations, people; says",
      refresh: "update; state: active; Avala: member; reads invitations, organizations, people",
      upAfterRefresh: "same; state: active; Avala: member",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "update; state: invited; Avala: admin; reads invitations, organizations, people; says",
      up: "update; state: active; Avala: admin; reads invitations, organizations, people; says",
      refresh: "update; state: active; Avala: admin; reads invitations, organizations, people",
      upAfterRefresh: "same; state: active; Avala: admin",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "update; state: waiting; Avala: member; reads organizations, people",
      up: "update; add to team; state: active; Avala: member, team member; reads organizations, people, team, teams",
      refresh: "update; state: waiting; Avala: member; reads organizations, people, team, teams",
      upAfterRefresh:
        "update; add to team; state: active; Avala: member, team member; reads organizations, people, team, teams",
      destroy: "delete; remove from team; Avala: member; reads organizations, team, teams",
    },
    teamLead: {
      preview: "update; state: waiting; Avala: member; reads organizations, people",
      up: "update; add to team; state: active; Avala: member, team lead; reads organizations, people, team, teams",
      refresh: "update; state: waiting; Avala: member; reads organizations, people, team, teams",
      upAfterRefresh:
        "update; add to team; state: active; Avala: member, team lead; reads organizations, people, team, teams",
      destroy: "delete; remove from team; Avala: member; reads organizations, team, teams",
    },
    memberAndLead: {
      preview: "update+update; state: invited+waiting; Avala: member; reads invitations, organizations, people; says",
      up: "update+update; add to team; state: active+active; Avala: member, team lead; reads invitations, organizations, people, team, teams; says",
      refresh:
        "update+update; state: active+waiting; Avala: member; reads invitations, organizations, people, team, teams",
      upAfterRefresh:
        "same+update; add to team; state: active+active; Avala: member, team lead; reads organizations, people, team, teams",
      destroy:
        "delete+delete; remove from team+remove; Avala: nobody; reads invitations, organizations, people, team, teams",
    },
  },
  gone: {
    absent: {
      preview: "Avala: nobody",
      up: "Avala: nobody",
      refresh: "Avala: nobody",
      upAfterRefresh: "Avala: nobody",
      destroy: "Avala: nobody",
    },
    withdrawn: {
      preview: "delete; state: invited; Avala: nobody",
      up: "delete; Avala: nobody; reads invitations, organizations, people",
      refresh: "update; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      upAfterRefresh: "delete; Avala: nobody; reads invitations, organizations, people",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "same; state: invited; Avala: nobody; reads invitations, organizations, people; warns",
      up: "same; state: invited; Avala: nobody; reads invitations, organizations, people; warns",
      refresh: "update; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      destroy: "delete; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "same; state: invited; Avala: nobody; reads invitations, organizations, people; warns",
      up: "same; state: invited; Avala: nobody; reads invitations, organizations, people; warns",
      refresh: "update; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      destroy: "delete; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "same; state: waiting; Avala: nobody; reads organizations, people",
      up: "same; state: waiting; Avala: nobody; reads organizations, people",
      refresh: "same; state: waiting; Avala: nobody; reads organizations, people, teams",
      upAfterRefresh: "same; state: waiting; Avala: nobody; reads organizations, people",
      destroy: "delete; Avala: nobody; reads organizations, people, teams",
    },
    teamLead: {
      preview: "same; state: waiting; Avala: nobody; reads organizations, people",
      up: "same; state: waiting; Avala: nobody; reads organizations, people",
      refresh: "same; state: waiting; Avala: nobody; reads organizations, people, teams",
      upAfterRefresh: "same; state: waiting; Avala: nobody; reads organizations, people",
      destroy: "delete; Avala: nobody; reads organizations, people, teams",
    },
    memberAndLead: {
      preview: "same+same; state: invited+waiting; Avala: nobody; reads invitations, organizations, people; warns",
      up: "same+same; state: invited+waiting; Avala: nobody; reads invitations, organizations, people; warns",
      refresh:
        "update+same; state: gone+waiting; Avala: nobody; reads invitations, organizations, people, teams; warns",
      upAfterRefresh: "same+same; state: gone+waiting; Avala: nobody; reads invitations, organizations, people; warns",
      destroy: "delete+delete; Avala: nobody; reads invitations, organizations, people, teams",
    },
  },
  removed: {
    absent: {
      preview: "Avala: nobody",
      up: "Avala: nobody",
      refresh: "Avala: nobody",
      upAfterRefresh: "Avala: nobody",
      destroy: "Avala: nobody",
    },
    withdrawn: {
      preview: "delete; state: active; Avala: nobody",
      up: "delete; Avala: nobody; reads invitations, organizations, people",
      refresh: "update; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      upAfterRefresh: "delete; Avala: nobody; reads invitations, organizations, people",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "same; state: active; Avala: nobody",
      up: "same; state: active; Avala: nobody",
      refresh: "update; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      destroy: "delete; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "same; state: active; Avala: nobody",
      up: "same; state: active; Avala: nobody",
      refresh: "update; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      destroy: "delete; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "same; state: active; Avala: nobody",
      up: "same; state: active; Avala: nobody",
      refresh: "update; state: gone; Avala: nobody; reads organizations, people, team, teams",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads organizations, people",
      destroy: "delete; Avala: nobody; reads organizations, people, team, teams",
    },
    teamLead: {
      preview: "same; state: active; Avala: nobody",
      up: "same; state: active; Avala: nobody",
      refresh: "update; state: gone; Avala: nobody; reads organizations, people, team, teams",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads organizations, people",
      destroy: "delete; Avala: nobody; reads organizations, people, team, teams",
    },
    memberAndLead: {
      preview: "same+same; state: active+active; Avala: nobody",
      up: "same+same; state: active+active; Avala: nobody",
      refresh:
        "update+update; state: gone+gone; Avala: nobody; reads invitations, organizations, people, team, teams; warns",
      upAfterRefresh: "same+same; state: gone+gone; Avala: nobody; reads invitations, organizations, people; warns",
      destroy: "delete+delete; Avala: nobody; reads invitations, organizations, people, team, teams",
    },
  },
  left: {
    absent: {
      preview: "Avala: nobody",
      up: "Avala: nobody",
      refresh: "Avala: nobody",
      upAfterRefresh: "Avala: nobody",
      destroy: "Avala: nobody",
    },
    withdrawn: {
      preview: "delete; state: active; Avala: nobody",
      up: "delete; Avala: nobody; reads invitations, organizations, people",
      refresh: "update; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      upAfterRefresh: "delete; Avala: nobody; reads invitations, organizations, people",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "same; state: active; Avala: nobody",
      up: "same; state: active; Avala: nobody",
      refresh: "update; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      destroy: "delete; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "same; state: active; Avala: nobody",
      up: "same; state: active; Avala: nobody",
      refresh: "update; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads invitations, organizations, people; warns",
      destroy: "delete; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "same; state: active; Avala: nobody",
      up: "same; state: active; Avala: nobody",
      refresh: "update; state: gone; Avala: nobody; reads organizations, people, team, teams",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads organizations, people",
      destroy: "delete; Avala: nobody; reads organizations, people, team, teams",
    },
    teamLead: {
      preview: "same; state: active; Avala: nobody",
      up: "same; state: active; Avala: nobody",
      refresh: "update; state: gone; Avala: nobody; reads organizations, people, team, teams",
      upAfterRefresh: "same; state: gone; Avala: nobody; reads organizations, people",
      destroy: "delete; Avala: nobody; reads organizations, people, team, teams",
    },
    memberAndLead: {
      preview: "same+same; state: active+active; Avala: nobody",
      up: "same+same; state: active+active; Avala: nobody",
      refresh:
        "update+update; state: gone+gone; Avala: nobody; reads invitations, organizations, people, team, teams; warns",
      upAfterRefresh: "same+same; state: gone+gone; Avala: nobody; reads invitations, organizations, people; warns",
      destroy: "delete+delete; Avala: nobody; reads invitations, organizations, people, team, teams",
    },
  },
  emailChanged: {
    absent: {
      preview: "Avala: member",
      up: "Avala: member",
      refresh: "Avala: member",
      upAfterRefresh: "Avala: member",
      destroy: "Avala: member",
    },
    withdrawn: {
      preview: "delete; state: active; Avala: member",
      up: "delete; remove; Avala: nobody; reads invitations, organizations, people",
      refresh: "same; state: active; Avala: member; reads organizations, people",
      upAfterRefresh: "delete; remove; Avala: nobody; reads invitations, organizations, people",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "same; state: active; Avala: member",
      up: "same; state: active; Avala: member",
      refresh: "same; state: active; Avala: member; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: member",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "same; state: active; Avala: admin",
      up: "same; state: active; Avala: admin",
      refresh: "same; state: active; Avala: admin; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: admin",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "same; state: active; Avala: member, team member",
      up: "same; state: active; Avala: member, team member",
      refresh: "same; state: active; Avala: member, team member; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: member, team member",
      destroy: "delete; remove from team; Avala: member; reads organizations, team, teams",
    },
    teamLead: {
      preview: "same; state: active; Avala: member, team lead",
      up: "same; state: active; Avala: member, team lead",
      refresh: "same; state: active; Avala: member, team lead; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: member, team lead",
      destroy: "delete; remove from team; Avala: member; reads organizations, team, teams",
    },
    memberAndLead: {
      preview: "same+same; state: active+active; Avala: member, team lead",
      up: "same+same; state: active+active; Avala: member, team lead",
      refresh: "same+same; state: active+active; Avala: member, team lead; reads organizations, people, team, teams",
      upAfterRefresh: "same+same; state: active+active; Avala: member, team lead",
      destroy:
        "delete+delete; remove from team+remove; Avala: nobody; reads invitations, organizations, people, team, teams",
    },
  },
  hiddenSince: {
    absent: {
      preview: "Avala: member",
      up: "Avala: member",
      refresh: "Avala: member",
      upAfterRefresh: "Avala: member",
      destroy: "Avala: member",
    },
    withdrawn: {
      preview: "delete; state: active; Avala: member",
      up: "delete; remove; Avala: nobody; reads invitations, organizations, people",
      refresh: "same; state: active; Avala: member; reads organizations, people",
      upAfterRefresh: "delete; remove; Avala: nobody; reads invitations, organizations, people",
      destroy: "Avala: nobody",
    },
    member: {
      preview: "same; state: active; Avala: member",
      up: "same; state: active; Avala: member",
      refresh: "same; state: active; Avala: member; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: member",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    admin: {
      preview: "same; state: active; Avala: admin",
      up: "same; state: active; Avala: admin",
      refresh: "same; state: active; Avala: admin; reads organizations, people",
      upAfterRefresh: "same; state: active; Avala: admin",
      destroy: "delete; remove; Avala: nobody; reads invitations, organizations, people",
    },
    teamMember: {
      preview: "same; state: active; Avala: member, team member",
      up: "same; state: active; Avala: member, team member",
      refresh: "same; state: active; Avala: member, team member; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: member, team member",
      destroy: "delete; remove from team; Avala: member; reads organizations, team, teams",
    },
    teamLead: {
      preview: "same; state: active; Avala: member, team lead",
      up: "same; state: active; Avala: member, team lead",
      refresh: "same; state: active; Avala: member, team lead; reads organizations, team, teams",
      upAfterRefresh: "same; state: active; Avala: member, team lead",
      destroy: "delete; remove from team; Avala: member; reads organizations, team, teams",
    },
    memberAndLead: {
      preview: "same+same; state: active+active; Avala: member, team lead",
      up: "same+same; state: active+active; Avala: member, team lead",
      refresh: "same+same; state: active+active; Avala: member, team lead; reads organizations, people, team, teams",
      upAfterRefresh: "same+same; state: active+active; Avala: member, team lead",
      destroy:
        "delete+delete; remove from team+remove; Avala: nobody; reads invitations, organizations, people, team, teams",
    },
  },
};
