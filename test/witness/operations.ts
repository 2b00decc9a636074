import type { State } from "../../emulator/src/index.js";
import type { AvalaClient, OrganizationWrite, TeamWrite } from "../../provider/client/index.js";
import type { Model, SdkCall } from "./sdk.js";
import { keys, PENDING, TEXT, UIDS } from "./world.js";

type Organization = State["organizations"][number];

export interface Operation {
  /** Its name in the emulator's OpenAPI document. */
  id: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  sdk: SdkCall;
  ours: (client: AvalaClient) => Promise<unknown>;
  /** The least that the caller has to be. */
  needs: "anybody" | "member" | "lead" | "manager" | "owner";
  /** Default: the owner's. */
  key?: string;
  /** What it changes in the emulator's state; a read changes nothing. */
  effect?: (acme: Organization, state: State) => void;
  /** What the SDK reads the answer into, or null for an operation without one. */
  model: Model | null;
  list?: true;
}

/** Every field that an organization can be created with, in the order of the SDK. */
export const organizationFields = {
  name: `New ${TEXT}`,
  description: `New ${TEXT}`,
  logo: "https://logos.example.com/new.png?size=1&x=%C3%A9",
  website: "https://new.example.com/",
  industry: "ai_ml",
  email: "new@acme.example.com",
  phone: "",
  visibility: "private",
} satisfies Required<Omit<OrganizationWrite, "slug" | "handle">>;
const { name, description, logo, website, ...rest } = organizationFields;
/** Likewise for an update. */
const changedFields = { name, description, logo, website, handle: "new_acme", ...rest };
export const teamFields = {
  name: `New ${TEXT}`,
  description: `New ${TEXT}`,
  color: "#00ff88",
} satisfies Required<TeamWrite>;

const at = (name: string) => (rows: { email: string }[]) =>
  rows.findIndex(({ email }) => email === `${name}@example.com`);
const without = <Row extends { email: string }>(rows: Row[], name: string) => void rows.splice(at(name)(rows), 1);
const crewOf = (acme: Organization) => acme.teams[0]!;
const pendingOf = (acme: Organization) => acme.invitations[0]!;
const ANYTHING: never = expect.anything() as never;

/** The 24 operations of the organizations API, each as the SDK and as the provider's client call it. */
export const OPERATIONS: Operation[] = [
  {
    id: "listOrganizations",
    method: "GET",
    sdk: { method: "list" },
    ours: (client) => client.organizations.list(),
    needs: "anybody",
    model: "Organization",
    list: true,
  },
  {
    id: "getOrganization",
    method: "GET",
    sdk: { method: "get", args: ["acme"] },
    ours: (client) => client.organizations.get("acme"),
    needs: "member",
    model: "Organization",
  },
  {
    id: "createOrganization",
    method: "POST",
    sdk: { method: "create", options: organizationFields },
    ours: (client) => client.organizations.create(organizationFields),
    needs: "anybody",
    effect: (_, state) => {
      const profile = {
        readme: null,
        organizationType: null,
        xUrl: null,
        huggingFaceUrl: null,
        githubUrl: null,
        linkedinUrl: null,
      };
      const counts = { datasetCount: 0, projectCount: 0, sliceCount: 0, slugEditsRemaining: 3 };
      state.organizations.push({
        ...organizationFields,
        ...profile,
        ...counts,
        uid: ANYTHING,
        slug: ANYTHING,
        handle: null,
        plan: "pro",
        isVerified: false,
        isActive: true,
        allowedDomains: null,
        createdAt: ANYTHING,
        updatedAt: ANYTHING,
        members: [{ email: "owner@example.com", role: "owner", createdAt: ANYTHING }],
        invitations: [],
        teams: [],
      });
    },
    model: "Organization",
  },
  {
    id: "updateOrganization",
    method: "PATCH",
    sdk: { method: "update", args: ["acme"], options: changedFields },
    ours: (client) => client.organizations.update("acme", changedFields),
    needs: "manager",
    effect: (acme) => Object.assign(acme, changedFields, { updatedAt: ANYTHING }),
    model: "Organization",
  },
  {
    id: "deleteOrganization",
    method: "DELETE",
    sdk: { method: "delete", args: ["acme"] },
    ours: (client) => client.organizations.delete("acme"),
    needs: "owner",
    effect: (_, state) => void state.organizations.pop(),
    model: null,
  },
  {
    id: "listIndustryChoices",
    method: "GET",
    sdk: { method: "industry_choices" },
    ours: (client) => client.organizations.industryChoices(),
    needs: "anybody",
    model: null,
  },
  {
    id: "leaveOrganization",
    method: "POST",
    sdk: { method: "leave", args: ["acme"] },
    ours: (client) => client.organizations.leave("acme"),
    needs: "member",
    key: keys.mia,
    effect: (acme) => without(acme.members, "mia"),
    model: null,
  },
  {
    id: "transferOwnership",
    method: "POST",
    sdk: { method: "transfer_ownership", args: ["acme"], options: { new_owner_uid: UIDS.ada } },
    ours: (client) => client.organizations.transferOwnership("acme", UIDS.ada),
    needs: "owner",
    effect: (acme) => {
      acme.members[at("ada")(acme.members)]!.role = "owner";
      acme.members[at("owner")(acme.members)]!.role = "admin";
      acme.updatedAt = ANYTHING;
    },
    model: null,
  },
  {
    id: "listMembers",
    method: "GET",
    sdk: { method: "list_members", args: ["acme"] },
    ours: (client) => client.members.list("acme"),
    needs: "member",
    model: "OrganizationMember",
    list: true,
  },
  {
    id: "updateMemberRole",
    method: "PATCH",
    sdk: { method: "update_member_role", args: ["acme", UIDS.zoe], options: { role: "admin" } },
    ours: (client) => client.members.setRole("acme", UIDS.zoe, "admin"),
    needs: "manager",
    effect: (acme) => void (acme.members[at("zoe")(acme.members)]!.role = "admin"),
    model: null,
  },
  {
    id: "removeMember",
    method: "DELETE",
    sdk: { method: "remove_member", args: ["acme", UIDS.zoe] },
    ours: (client) => client.members.remove("acme", UIDS.zoe),
    needs: "manager",
    effect: (acme) => {
      without(acme.members, "zoe");
      without(crewOf(acme).members, "zoe");
    },
    model: null,
  },
  {
    id: "listInvitations",
    method: "GET",
    sdk: { method: "list_invitations", args: ["acme"] },
    ours: (client) => client.invitations.list("acme"),
    needs: "manager",
    model: "Invitation",
    list: true,
  },
  {
    id: "createInvitation",
    method: "POST",
    sdk: {
      method: "create_invitation",
      args: ["acme"],
      options: { email: "anne.o'hara+1@bücher.example", role: "admin" },
    },
    ours: (client) => client.invitations.create("acme", { email: "anne.o'hara+1@bücher.example", role: "admin" }),
    needs: "manager",
    effect: ({ invitations }, { emails }) => {
      const invitation = { email: "anne.o'hara+1@bücher.example", role: "admin", status: "pending" } as const;
      const made = { uid: ANYTHING, token: ANYTHING, invitedBy: ANYTHING, createdAt: ANYTHING, expiresAt: ANYTHING };
      invitations.push({ ...invitation, ...made });
      emails.push({ to: invitation.email, kind: "invitation", invitationUid: ANYTHING, at: ANYTHING });
    },
    model: "Invitation",
  },
  {
    id: "resendInvitation",
    method: "POST",
    sdk: { method: "resend_invitation", args: ["acme", PENDING] },
    ours: (client) => client.invitations.resend("acme", PENDING),
    needs: "manager",
    effect: (acme, { emails }) => {
      pendingOf(acme).expiresAt = ANYTHING;
      emails.push({ to: "new@example.com", kind: "resend", invitationUid: PENDING, at: ANYTHING });
    },
    model: null,
  },
  {
    id: "cancelInvitation",
    method: "POST",
    sdk: { method: "cancel_invitation", args: ["acme", PENDING] },
    ours: (client) => client.invitations.cancel("acme", PENDING),
    needs: "manager",
    effect: (acme) => void (pendingOf(acme).status = "cancelled"),
    model: null,
  },
  {
    id: "listTeams",
    method: "GET",
    sdk: { method: "list_teams", args: ["acme"] },
    ours: (client) => client.teams.list("acme"),
    needs: "member",
    model: "Team",
    list: true,
  },
  {
    id: "createTeam",
    method: "POST",
    sdk: { method: "create_team", args: ["acme"], options: teamFields },
    ours: (client) => client.teams.create("acme", teamFields),
    needs: "manager",
    effect: ({ teams }) => {
      const made = { uid: ANYTHING, slug: ANYTHING, createdAt: ANYTHING, updatedAt: ANYTHING };
      teams.push({ ...teamFields, ...made, members: [] });
    },
    model: "Team",
  },
  {
    id: "getTeam",
    method: "GET",
    sdk: { method: "get_team", args: ["acme", "crew"] },
    ours: (client) => client.teams.get("acme", "crew"),
    needs: "member",
    model: "Team",
  },
  {
    id: "updateTeam",
    method: "PATCH",
    sdk: { method: "update_team", args: ["acme", "crew"], options: teamFields },
    ours: (client) => client.teams.update("acme", "crew", teamFields),
    needs: "lead",
    effect: (acme) => Object.assign(crewOf(acme), teamFields, { updatedAt: ANYTHING }),
    model: "Team",
  },
  {
    id: "deleteTeam",
    method: "DELETE",
    sdk: { method: "delete_team", args: ["acme", "crew"] },
    ours: (client) => client.teams.delete("acme", "crew"),
    needs: "manager",
    effect: ({ teams }) => void teams.pop(),
    model: null,
  },
  {
    id: "listTeamMembers",
    method: "GET",
    sdk: { method: "list_team_members", args: ["acme", "crew"] },
    ours: (client) => client.teamMembers.list("acme", "crew"),
    needs: "member",
    model: "TeamMember",
    list: true,
  },
  {
    id: "addTeamMember",
    method: "POST",
    sdk: { method: "add_team_member", args: ["acme", "crew"], options: { user_uid: UIDS.ada, role: "lead" } },
    ours: (client) => client.teamMembers.add("acme", "crew", { userUid: UIDS.ada, role: "lead" }),
    needs: "manager",
    effect: (acme) => void crewOf(acme).members.push({ email: "ada@example.com", role: "lead", createdAt: ANYTHING }),
    model: "TeamMember",
  },
  {
    id: "updateTeamMemberRole",
    method: "PATCH",
    sdk: { method: "update_team_member_role", args: ["acme", "crew", UIDS.zoe], options: { role: "lead" } },
    ours: (client) => client.teamMembers.setRole("acme", "crew", UIDS.zoe, "lead"),
    needs: "lead",
    effect: (acme) => void (crewOf(acme).members[at("zoe")(crewOf(acme).members)]!.role = "lead"),
    model: null,
  },
  {
    id: "removeTeamMember",
    method: "DELETE",
    sdk: { method: "remove_team_member", args: ["acme", "crew", UIDS.zoe] },
    ours: (client) => client.teamMembers.remove("acme", "crew", UIDS.zoe),
    needs: "lead",
    effect: (acme) => without(crewOf(acme).members, "zoe"),
    model: null,
  },
];

/** What can be sent besides: single fields, empty values, and nothing for what has a default. */
export const VARIANTS: Pick<Operation, "id" | "sdk" | "ours">[] = [
  ...Object.entries(changedFields).flatMap(([field, value]) =>
    [{ [field]: value }, ...(isEmptied(field) ? [{ [field]: "" }] : [])].map((patch) => ({
      id: `updateOrganization with ${JSON.stringify(patch)}`,
      sdk: { method: "update", args: ["acme"], options: patch },
      ours: (client: AvalaClient) => client.organizations.update("acme", patch),
    })),
  ),
  ...Object.entries(organizationFields).map(([field, value]) => ({
    id: `createOrganization with ${field}`,
    sdk: { method: "create", options: { name, [field]: value } },
    ours: (client: AvalaClient) => client.organizations.create({ name, [field]: value }),
  })),
  ...[{ name }, { description }, { description: "" }, { color: "#000000" }].map((patch) => ({
    id: `updateTeam with ${JSON.stringify(patch)}`,
    sdk: { method: "update_team", args: ["acme", "crew"], options: patch },
    ours: (client: AvalaClient) => client.teams.update("acme", "crew", patch),
  })),
  {
    id: "createTeam with a name only",
    sdk: { method: "create_team", args: ["acme"], options: { name } },
    ours: (client) => client.teams.create("acme", { name, description: undefined, color: undefined }),
  },
  {
    id: "createInvitation without a role",
    sdk: { method: "create_invitation", args: ["acme"], options: { email: "other@example.com" } },
    ours: (client) => client.invitations.create("acme", { email: "other@example.com", role: undefined }),
  },
  {
    id: "addTeamMember without a role",
    sdk: { method: "add_team_member", args: ["acme", "crew"], options: { user_uid: UIDS.mia } },
    ours: (client) => client.teamMembers.add("acme", "crew", { userUid: UIDS.mia, role: undefined }),
  },
];

function isEmptied(field: string): boolean {
  return ["description", "website", "email", "phone"].includes(field);
}
