// Written by `npm run generate` from provider/schema/teamRoster.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Team } from "../resources/team.js";

/** What a program declares of a TeamRoster. */
export interface TeamRosterArgs {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource when it is another team.
   */
  team: Team | pulumi.Input<string>;
  /**
   * The people by e-mail address or uid, each with their role, `lead` or `member`. Order and letter case mean nothing. State and previews hold it as text, one person a line, so that a change shows as the lines it changes.
   */
  members: pulumi.Input<Record<string, pulumi.Input<"lead" | "member">>>;
  /**
   * What becomes of people in the team whom `members` does not name, and did not name before: they are reported, ignored, or taken out.
   * Default: `"report"`.
   */
  unmanaged?: pulumi.Input<"report" | "ignore" | "remove" | undefined>;
}

/** What `TeamRoster.get` may be given beside the id. */
export interface TeamRosterState {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource when it is another team.
   */
  team?: pulumi.Input<string | undefined>;
  /**
   * The people by e-mail address or uid, each with their role, `lead` or `member`. Order and letter case mean nothing. State and previews hold it as text, one person a line, so that a change shows as the lines it changes.
   */
  members?: pulumi.Input<Record<string, pulumi.Input<"lead" | "member">> | undefined>;
  /**
   * What becomes of people in the team whom `members` does not name, and did not name before: they are reported, ignored, or taken out.
   * Default: `"report"`.
   */
  unmanaged?: pulumi.Input<"report" | "ignore" | "remove" | undefined>;
  /**
   * Who has no place in the team yet, most of them because they are no members of the organization.
   */
  waiting?: pulumi.Input<string | undefined>;
  /**
   * Who is in the team without being named, by e-mail address, or by uid where the service shows none. Empty where `unmanaged` is `ignore`.
   */
  unmanagedMembers?: pulumi.Input<string | undefined>;
}

/** What a TeamRoster offers to the rest of a program. */
export interface TeamRosterOutputs {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource when it is another team.
   */
  readonly team: pulumi.Output<string>;
  /**
   * The people by e-mail address or uid, each with their role, `lead` or `member`. Order and letter case mean nothing. State and previews hold it as text, one person a line, so that a change shows as the lines it changes.
   */
  readonly members: pulumi.Output<Record<string, "lead" | "member">>;
  /**
   * What becomes of people in the team whom `members` does not name, and did not name before: they are reported, ignored, or taken out.
   * Default: `"report"`.
   */
  readonly unmanaged: pulumi.Output<"report" | "ignore" | "remove" | undefined>;
  /**
   * Who has no place in the team yet, most of them because they are no members of the organization.
   */
  readonly waiting: pulumi.Output<string[]>;
  /**
   * Who is in the team without being named, by e-mail address, or by uid where the service shows none. Empty where `unmanaged` is `ignore`.
   */
  readonly unmanagedMembers: pulumi.Output<string[]>;
}
