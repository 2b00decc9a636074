// Written by `npm run generate` from provider/schema/teamRoster.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Team } from "../resources/team.js";

/**
 * Inputs of a TeamRoster.
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/teamRoster
 */
export interface TeamRosterArgs {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource if it names a different team.
   */
  team: Team | pulumi.Input<string>;
  /**
   * The people, by email address or uid, each with their role, `lead` or `member`. Order and case make no difference. The state and previews contain the people as text, one person per line, so that a change shows only the lines that change.
   */
  members: pulumi.Input<Record<string, pulumi.Input<"lead" | "member">>>;
  /**
   * What happens to people in the team whom `members` does not contain and did not contain before: `report` reports them, `ignore` ignores them, `remove` removes them from the team.
   * Default: `"report"`.
   */
  unmanaged?: pulumi.Input<"report" | "ignore" | "remove" | undefined>;
}

/** Optional properties for `TeamRoster.get`, in addition to the id. */
export interface TeamRosterState {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource if it names a different team.
   */
  team?: pulumi.Input<string | undefined>;
  /**
   * The people, by email address or uid, each with their role, `lead` or `member`. Order and case make no difference. The state and previews contain the people as text, one person per line, so that a change shows only the lines that change.
   */
  members?: pulumi.Input<Record<string, pulumi.Input<"lead" | "member">> | undefined>;
  /**
   * What happens to people in the team whom `members` does not contain and did not contain before: `report` reports them, `ignore` ignores them, `remove` removes them from the team.
   * Default: `"report"`.
   */
  unmanaged?: pulumi.Input<"report" | "ignore" | "remove" | undefined>;
  /**
   * People in `members` who are not in the team yet, usually because they are not members of the organization yet.
   */
  waiting?: pulumi.Input<string | undefined>;
  /**
   * People in the team whom `members` does not contain, by email address, or by uid if Avala hides the address. Empty if `unmanaged` is `ignore`.
   */
  unmanagedMembers?: pulumi.Input<string | undefined>;
}

/** Outputs of a TeamRoster: all inputs, and values that Avala returns. */
export interface TeamRosterOutputs {
  /**
   * The team: the resource or its id.
   * Changing this replaces the resource if it names a different team.
   */
  readonly team: pulumi.Output<string>;
  /**
   * The people, by email address or uid, each with their role, `lead` or `member`. Order and case make no difference. The state and previews contain the people as text, one person per line, so that a change shows only the lines that change.
   */
  readonly members: pulumi.Output<Record<string, "lead" | "member">>;
  /**
   * What happens to people in the team whom `members` does not contain and did not contain before: `report` reports them, `ignore` ignores them, `remove` removes them from the team.
   * Default: `"report"`.
   */
  readonly unmanaged: pulumi.Output<"report" | "ignore" | "remove" | undefined>;
  /**
   * People in `members` who are not in the team yet, usually because they are not members of the organization yet.
   */
  readonly waiting: pulumi.Output<string[]>;
  /**
   * People in the team whom `members` does not contain, by email address, or by uid if Avala hides the address. Empty if `unmanaged` is `ignore`.
   */
  readonly unmanagedMembers: pulumi.Output<string[]>;
}
