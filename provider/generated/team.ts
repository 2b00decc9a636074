// Written by `npm run generate` from provider/schema/team.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";

/**
 * Inputs of a Team.
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/team
 */
export interface TeamArgs {
  /**
   * The organization that the team belongs to: the resource, its uid or its slug.
   * Changing this replaces the resource if it names a different organization; a different spelling of the same one is not a change.
   */
  organization: Organization | pulumi.Input<string>;
  /**
   * Display name, 1 to 255 characters, trimmed. Renamed in place.
   */
  name: pulumi.Input<string>;
  /**
   * Description of the team, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  description?: pulumi.Input<string | undefined>;
  /**
   * Color in Avala's pages, such as `#6366F1`; 1 to 7 characters. Another form than `#RGB` and `#RRGGBB` causes a warning.
   * Default: chosen by Avala, and not managed.
   */
  color?: pulumi.Input<string | undefined>;
  /**
   * Uid or slug of an existing team of the organization to take over instead of creating one. Used by the create step only, which then updates the team to the declared inputs.
   */
  adopt?: pulumi.Input<string | undefined>;
  /**
   * Delete the team even if it contains unmanaged people. TeamMembership and TeamRoster resources whose `team` is this resource are then deleted with the team, in one request.
   * Default: `false`.
   */
  forceDestroy?: pulumi.Input<boolean | undefined>;
  /**
   * Why the team has these settings, such as `forceDestroy`, for reviewers and policies. Recorded in the state only, never sent to Avala.
   */
  reason?: pulumi.Input<string | undefined>;
}

/** Optional properties for `Team.get`, in addition to the id. */
export interface TeamState {
  /**
   * The organization that the team belongs to: the resource, its uid or its slug.
   * Changing this replaces the resource if it names a different organization; a different spelling of the same one is not a change.
   */
  organization?: pulumi.Input<string | undefined>;
  /**
   * Display name, 1 to 255 characters, trimmed. Renamed in place.
   */
  name?: pulumi.Input<string | undefined>;
  /**
   * Description of the team, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  description?: pulumi.Input<string | undefined>;
  /**
   * Color in Avala's pages, such as `#6366F1`; 1 to 7 characters. Another form than `#RGB` and `#RRGGBB` causes a warning.
   * Default: chosen by Avala, and not managed.
   */
  color?: pulumi.Input<string | undefined>;
  /**
   * Uid or slug of an existing team of the organization to take over instead of creating one. Used by the create step only, which then updates the team to the declared inputs.
   */
  adopt?: pulumi.Input<string | undefined>;
  /**
   * Delete the team even if it contains unmanaged people. TeamMembership and TeamRoster resources whose `team` is this resource are then deleted with the team, in one request.
   * Default: `false`.
   */
  forceDestroy?: pulumi.Input<boolean | undefined>;
  /**
   * Why the team has these settings, such as `forceDestroy`, for reviewers and policies. Recorded in the state only, never sent to Avala.
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * Identity, a UUID; it never changes.
   */
  uid?: pulumi.Input<string | undefined>;
  /**
   * Last part of the team's address. It may change when the team is renamed.
   */
  slug?: pulumi.Input<string | undefined>;
  /**
   * Time of creation, in ISO 8601.
   */
  createdAt?: pulumi.Input<string | undefined>;
}

/** Outputs of a Team: all inputs, and values that Avala returns. */
export interface TeamOutputs {
  /**
   * The organization that the team belongs to: the resource, its uid or its slug.
   * Changing this replaces the resource if it names a different organization; a different spelling of the same one is not a change.
   */
  readonly organization: pulumi.Output<string>;
  /**
   * Display name, 1 to 255 characters, trimmed. Renamed in place.
   */
  readonly name: pulumi.Output<string>;
  /**
   * Description of the team, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  readonly description: pulumi.Output<string | undefined>;
  /**
   * Color in Avala's pages, such as `#6366F1`; 1 to 7 characters. Another form than `#RGB` and `#RRGGBB` causes a warning.
   * Default: chosen by Avala, and not managed.
   */
  readonly color: pulumi.Output<string | undefined>;
  /**
   * Uid or slug of an existing team of the organization to take over instead of creating one. Used by the create step only, which then updates the team to the declared inputs.
   */
  readonly adopt: pulumi.Output<string | undefined>;
  /**
   * Delete the team even if it contains unmanaged people. TeamMembership and TeamRoster resources whose `team` is this resource are then deleted with the team, in one request.
   * Default: `false`.
   */
  readonly forceDestroy: pulumi.Output<boolean | undefined>;
  /**
   * Why the team has these settings, such as `forceDestroy`, for reviewers and policies. Recorded in the state only, never sent to Avala.
   */
  readonly reason: pulumi.Output<string | undefined>;
  /**
   * Identity, a UUID; it never changes.
   */
  readonly uid: pulumi.Output<string>;
  /**
   * Last part of the team's address. It may change when the team is renamed.
   */
  readonly slug: pulumi.Output<string>;
  /**
   * Time of creation, in ISO 8601.
   */
  readonly createdAt: pulumi.Output<string | undefined>;
}
