import {
  invitation,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Program,
} from "../support/stack.js";

/* A declaration of every kind, in an organization where each has something to change. */

const acme = "00000001-0000-4000-8000-000000000000";
const core = `${acme}/00000002-0000-4000-8000-000000000000`;
const blue = `${acme}/00000003-0000-4000-8000-000000000000`;
export const seed = {
  people: ["owner", "mia", "lee", "kim"].map((name) => ({ email: `${name}@example.com` })),
  organizations: [
    {
      uid: acme,
      name: "Acme",
      slug: "acme",
      members: [
        { email: "owner@example.com", role: "owner" as const },
        ...["mia", "lee", "kim"].map((name) => ({ email: `${name}@example.com` })),
      ],
      teams: [
        { uid: core.split("/")[1]!, name: "Core" },
        { uid: blue.split("/")[1]!, name: "Blue" },
      ],
    },
  ],
};

export const declared = (description: string, role: "admin" | "member", place: "lead" | "member"): Program => ({
  organization: organization({ name: "Beta", description, forceDestroy: true }),
  team: team({ organization: acme, name: "Red", description, forceDestroy: true }),
  organizationMember: organizationMember({ organization: acme, email: "mia@example.com", role }),
  newcomer: organizationMember({ organization: acme, email: "zoe@example.com", role }),
  invitation: invitation({ organization: acme, email: "noa@example.com", role }),
  teamMembership: teamMembership({ team: core, email: "lee@example.com", role: place }),
  teamRoster: teamRoster({ team: blue, members: { "kim@example.com": place } }),
});
export const kinds = Object.keys(declared("", "member", "member"));
