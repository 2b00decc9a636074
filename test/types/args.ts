/**
 * Checked by the compiler only: the arguments of programs, which agree with the schema. A wrong line fails
 * `tsc -p test`; so does an expected error that has stopped being one.
 */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import {
  Invitation,
  Organization,
  People,
  Provider,
  Team,
  TeamMembership,
  type InvitationArgs,
  OrganizationMember,
  type OrganizationArgs,
  type OrganizationMemberArgs,
  type PeopleDefaults,
  type PersonArgs,
  type TeamArgs,
  type TeamMembershipArgs,
} from "../../provider/index.js";
import type { peopleDefaults, person, resources } from "../../provider/schema/index.js";

type Inputs<Key extends keyof typeof resources> = z.input<z.ZodObject<(typeof resources)[Key]["inputs"]>>;
/** The inputs of the schema, each of which may be a promise or an output, and some a resource. */
type Widened<Key extends keyof typeof resources, References = unknown> = {
  [Name in keyof Inputs<Key>]: Name extends keyof References
    ? References[Name] | pulumi.Input<Inputs<Key>[Name]>
    : pulumi.Input<Inputs<Key>[Name]>;
};
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Without the person, of whom a program gives either an address or a uid. */
type Common<T> = Omit<T, "email" | "user">;
type ByEmail = { email: pulumi.Input<string>; user?: undefined };
type ByUser = { user: pulumi.Input<string>; email?: undefined };
type Either<T> = T & (ByEmail | ByUser);
type Assignable<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Industry = "robotics" | "autonomous_vehicle" | "ai_ml" | "other" | (string & {});

export const same: [
  Same<Omit<OrganizationArgs, "industry">, Omit<Widened<"organization">, "industry">>,
  Same<OrganizationArgs["industry"], pulumi.Input<Industry | undefined> | undefined>,
  Same<TeamArgs, Widened<"team", { organization: Organization }>>,
  Assignable<TeamMembershipArgs, Either<Common<Widened<"teamMembership", { team: Team }>>>>,
  Assignable<OrganizationMemberArgs, Either<Common<Widened<"organizationMember", { organization: Organization }>>>>,
  Same<InvitationArgs, Widened<"invitation", { organization: Organization }>>,
] = [true, true, true, true, true, true];

/** A mapping and a list of teams mean the same. */
type Listed = z.output<z.ZodObject<typeof person>>;

export const sameOfPeople: [
  Same<Required<PeopleDefaults>, Required<z.output<z.ZodObject<typeof peopleDefaults>>>>,
  Same<keyof PersonArgs, keyof Listed>,
  Same<Required<Omit<PersonArgs, "teams" | "email" | "user">>, Required<Omit<Listed, "teams" | "email" | "user">>>,
] = [true, true, true];

/** Never called. */
export function accepted(): void {
  const acme = new Organization("acme", { name: "Acme" });
  const name = pulumi.output("Acme");
  new Organization("full", {
    name: Promise.resolve("Acme"),
    description: name,
    industry: "anything the service may add",
    phone: undefined,
    visibility: "private",
    handle: undefined,
    slug: acme.slug,
    onDestroy: "leave",
    forceDestroy: pulumi.output(true),
  });

  new Team("by-resource", { organization: acme, name: "Core" });
  new Team("by-id", { organization: acme.id, name: "Core" });
  new Team("by-output", { organization: pulumi.output("acme"), name });
  const core = new Team("by-text", { organization: "acme", name: "Core" }, { protect: true });

  new TeamMembership("by-resource", { team: core, user: "uid", role: "lead" });
  new TeamMembership("plain-member", { team: core, email: name });
  new TeamMembership("by-id", { team: core.id, email: name, role: pulumi.output("member" as const) });
  new TeamMembership("gone-with-it", { team: "a/b", email: "a@b.example", role: "lead" }, { deletedWith: core });

  new Organization("known", { name, industry: "robotics" });
  new Organization("computed", { name, industry: name });
  new Organization("promised", { name, industry: Promise.resolve(process.env["INDUSTRY"]) });

  new OrganizationMember("by-email", { organization: acme, email: name, user: undefined });
  new OrganizationMember("by-uid", { organization: acme, user: Promise.resolve("uid"), role: "admin" });
  const either = process.env["UID"] === undefined ? { email: "a@b.example" } : { user: process.env["UID"] };
  new OrganizationMember("by-either", { organization: acme, ...either });
  new TeamMembership("by-either", { team: core, ...either });
  new People("by-either", { organization: acme, people: [either, { ...either, teams: ["core"] }] });

  const ada = new Invitation("by-resource", { organization: acme, email: "ada@example.com" });
  new Invitation("by-text", { organization: "acme", email: "ada@example.com", role: "admin", resend: "1" });

  const staff = new People("staff", { organization: acme, file: "people.yaml", teams: { core, other: "a/b" } });
  const people = [
    { email: "a@b.example", teams: ["core"] as const },
    { user: "uid", teams: { core: "lead" } as const },
  ];
  new People("by-list", { organization: pulumi.output("acme"), people, defaults: { maxEmails: 1 } }, { protect: true });
  const waiting: pulumi.Output<Record<string, string>> = staff.waiting;
  new Team("of-people", { organization: acme, name: waiting.apply((who) => Object.keys(who).join()) });
  const uids = [staff.members["a@b.example"]?.userUid, staff.memberships["a@b.example"]?.["core"]?.userUid];
  pulumi.all(uids);

  const provider = new Provider("tenant", { apiKeyEnv: "TENANT_AVALA_API_KEY", allowInsecureBaseUrl: true });
  new Team("elsewhere", { organization: "acme", name: "Core" }, { provider });

  const outputs: pulumi.Output<string>[] = [acme.uid, acme.slug, core.uid, core.slug, ada.status];
  const sent: pulumi.Output<number> = ada.emailsSent;
  const known: Organization = Organization.get("known", "uid");
  new Team("of-known", { organization: known, name: pulumi.interpolate`${outputs[0]} ${sent}` });
  Team.get("known-team", core.id, { name: "Core" });
}

/** Never called. */
export function refused(acme: Organization, core: Team): void {
  // @ts-expect-error -- no name
  new Organization("o", {});
  // @ts-expect-error -- a misspelt property
  new Organization("o", { name: "Acme", descripton: "d" });
  // @ts-expect-error -- neither of the two values
  new Organization("o", { name: "Acme", visibility: "secret" });
  // @ts-expect-error -- an output is not an input
  new Organization("o", { name: "Acme", uid: "u" });
  // @ts-expect-error -- a number
  new Organization("o", { name: 5 });
  // @ts-expect-error -- a flag as text
  new Organization("o", { name: "Acme", forceDestroy: "true" });
  // @ts-expect-error -- a team is not an organization
  new Team("t", { organization: core, name: "Core" });
  // @ts-expect-error -- no organization
  new Team("t", { name: "Core" });
  // @ts-expect-error -- an organization is not a team
  new TeamMembership("m", { team: acme, user: "u", role: "lead" });
  // @ts-expect-error -- a role of organizations
  new TeamMembership("m", { team: core, user: "u", role: "admin" });
  // @ts-expect-error -- one-owner: ownership is not declared
  new Invitation("i", { organization: acme, email: "a@b.example", role: "owner" });
  // @ts-expect-error -- neither email nor user
  new OrganizationMember("m", { organization: acme });
  // @ts-expect-error -- both email and user
  new OrganizationMember("m", { organization: acme, email: "a@b.example", user: "uid" });
  // @ts-expect-error -- neither email nor user
  new TeamMembership("m", { team: core, role: "lead" });
  // @ts-expect-error -- both email and user
  new TeamMembership("m", { team: core, email: "a@b.example", user: "uid" });
  // @ts-expect-error -- neither email nor user
  new People("p", { organization: acme, people: [{ role: "admin" }] });
  // @ts-expect-error -- both email and user
  new People("p", { organization: acme, people: [{ email: "a@b.example", user: "uid" }] });
  // @ts-expect-error -- the service takes texts only
  new Organization("o", { name: "Acme", industry: 5 });
  // @ts-expect-error -- no email
  new Invitation("i", { organization: acme });
  // @ts-expect-error -- no organization
  new People("p", { people: [] });
  // @ts-expect-error -- a misspelt property
  new People("p", { organization: acme, people: [{ emial: "a@b.example" }] });
  // @ts-expect-error -- a role of teams
  new People("p", { organization: acme, people: [{ email: "a@b.example", role: "lead" }] });
  // @ts-expect-error -- people name resources: they are plain values
  new People("p", { organization: acme, people: [{ email: acme.slug }] });
  // @ts-expect-error -- addresses are not for everybody
  new People("p", { organization: acme, people: [], defaults: { email: "a@b.example" } });
  // @ts-expect-error -- an organization is not a team
  new People("p", { organization: acme, people: [], teams: { core: acme } });
  // @ts-expect-error -- outputs are not assigned
  core.slug = acme.slug;
  // @ts-expect-error -- the number of emails is not a text
  const sent: pulumi.Output<string> = Invitation.get("i", "id").emailsSent;
  void sent;
}
