/**
 * Checked by the compiler alone: what programs may pass, and that it is what the schema takes. A wrong line fails
 * `tsc -p test`; so does an expected error that has stopped being one.
 */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import {
  Invitation,
  Organization,
  Provider,
  Team,
  TeamMembership,
  type InvitationArgs,
  type OrganizationArgs,
  type TeamArgs,
  type TeamMembershipArgs,
} from "../../provider/index.js";
import type { resources } from "../../provider/schema/index.js";

type Inputs<Key extends keyof typeof resources> = z.input<z.ZodObject<(typeof resources)[Key]["inputs"]>>;
/** What the schema takes, where each value may be a promise or an output, and some may be a resource. */
type Widened<Key extends keyof typeof resources, References = unknown> = {
  [Name in keyof Inputs<Key>]: Name extends keyof References
    ? References[Name] | pulumi.Input<Inputs<Key>[Name]>
    : pulumi.Input<Inputs<Key>[Name]>;
};
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export const same: [
  Same<OrganizationArgs, Widened<"organization">>,
  Same<TeamArgs, Widened<"team", { organization: Organization }>>,
  Same<TeamMembershipArgs, Widened<"teamMembership", { team: Team }>>,
  Same<InvitationArgs, Widened<"invitation", { organization: Organization }>>,
] = [true, true, true, true];

/** Never called. */
export function accepted(): void {
  const acme = new Organization("acme", { name: "Acme" });
  const name = pulumi.output("Acme");
  new Organization("full", {
    name: Promise.resolve("Acme"),
    description: name,
    industry: "anything the service may add",
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
  new TeamMembership("by-id", { team: core.id, email: name, role: pulumi.output("member" as const) });
  new TeamMembership("gone-with-it", { team: "a/b", email: "a@b.example", role: "lead" }, { deletedWith: core });

  const ada = new Invitation("by-resource", { organization: acme, email: "ada@example.com" });
  new Invitation("by-text", { organization: "acme", email: "ada@example.com", role: "admin", resend: "1" });

  const provider = new Provider("tenant", { apiKeyEnv: "TENANT_KEY", allowInsecureBaseUrl: true });
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
  // @ts-expect-error -- a value that is none of the two
  new Organization("o", { name: "Acme", visibility: "secret" });
  // @ts-expect-error -- an output is no input
  new Organization("o", { name: "Acme", uid: "u" });
  // @ts-expect-error -- a number
  new Organization("o", { name: 5 });
  // @ts-expect-error -- a flag as text
  new Organization("o", { name: "Acme", forceDestroy: "true" });
  // @ts-expect-error -- a team is no organization
  new Team("t", { organization: core, name: "Core" });
  // @ts-expect-error -- no organization
  new Team("t", { name: "Core" });
  // @ts-expect-error -- an organization is no team
  new TeamMembership("m", { team: acme, user: "u", role: "lead" });
  // @ts-expect-error -- no role
  new TeamMembership("m", { team: core, user: "u" });
  // @ts-expect-error -- a role of organizations
  new TeamMembership("m", { team: core, user: "u", role: "admin" });
  // @ts-expect-error -- T12: ownership is not declared
  new Invitation("i", { organization: acme, email: "a@b.example", role: "owner" });
  // @ts-expect-error -- no e-mail
  new Invitation("i", { organization: acme });
  // @ts-expect-error -- outputs are not assigned
  core.slug = acme.slug;
  // @ts-expect-error -- the number of mails is no text
  const sent: pulumi.Output<string> = Invitation.get("i", "id").emailsSent;
  void sent;
}
