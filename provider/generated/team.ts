// Written by `npm run generate` from provider/schema/team.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";

/** What a program declares of a Team. */
export interface TeamArgs {
  /**
   * The organization the team belongs to: the resource, its uid or its slug.
   * Changing this replaces the resource when it is another organization; another spelling of the same one is not a change.
   */
  organization: Organization | pulumi.Input<string>;
  /**
   * Display name, 1 to 255 characters, trimmed. Renamed in place.
   */
  name: pulumi.Input<string>;
  /**
   * What the team does, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  description?: pulumi.Input<string | undefined>;
  /**
   * Color in Avala's pages, such as `#6366F1`; 1 to 7 characters.
   * Default: The service's choice; not managed.
   */
  color?: pulumi.Input<string | undefined>;
  /**
   * Uid or slug of an existing team of the organization to take over instead of creating one. Looked at on create only.
   */
  adopt?: pulumi.Input<string | undefined>;
  /**
   * Delete the team even while people that no declaration knows are inside. With it, memberships that were given this resource go with the team, in one request.
   * Default: `false`.
   */
  forceDestroy?: pulumi.Input<boolean | undefined>;
}

/** What `Team.get` may be given beside the id. */
export interface TeamState {
  /**
   * The organization the team belongs to: the resource, its uid or its slug.
   * Changing this replaces the resource when it is another organization; another spelling of the same one is not a change.
   */
  organization?: pulumi.Input<string | undefined>;
  /**
   * Display name, 1 to 255 characters, trimmed. Renamed in place.
   */
  name?: pulumi.Input<string | undefined>;
  /**
   * What the team does, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  description?: pulumi.Input<string | undefined>;
  /**
   * Color in Avala's pages, such as `#6366F1`; 1 to 7 characters.
   * Default: The service's choice; not managed.
   */
  color?: pulumi.Input<string | undefined>;
  /**
   * Uid or slug of an existing team of the organization to take over instead of creating one. Looked at on create only.
   */
  adopt?: pulumi.Input<string | undefined>;
  /**
   * Delete the team even while people that no declaration knows are inside. With it, memberships that were given this resource go with the team, in one request.
   * Default: `false`.
   */
  forceDestroy?: pulumi.Input<boolean | undefined>;
  /**
   * Lasting identity.
   */
  uid?: pulumi.Input<string | undefined>;
  /**
   * Last part of the team's address; it may follow a rename.
   */
  slug?: pulumi.Input<string | undefined>;
  /**
   * Time of creation, ISO 8601.
   */
  createdAt?: pulumi.Input<string | undefined>;
}

/** What a Team offers to the rest of a program. */
export interface TeamOutputs {
  /**
   * The organization the team belongs to: the resource, its uid or its slug.
   * Changing this replaces the resource when it is another organization; another spelling of the same one is not a change.
   */
  readonly organization: pulumi.Output<string>;
  /**
   * Display name, 1 to 255 characters, trimmed. Renamed in place.
   */
  readonly name: pulumi.Output<string>;
  /**
   * What the team does, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  readonly description: pulumi.Output<string | undefined>;
  /**
   * Color in Avala's pages, such as `#6366F1`; 1 to 7 characters.
   * Default: The service's choice; not managed.
   */
  readonly color: pulumi.Output<string | undefined>;
  /**
   * Uid or slug of an existing team of the organization to take over instead of creating one. Looked at on create only.
   */
  readonly adopt: pulumi.Output<string | undefined>;
  /**
   * Delete the team even while people that no declaration knows are inside. With it, memberships that were given this resource go with the team, in one request.
   * Default: `false`.
   */
  readonly forceDestroy: pulumi.Output<boolean | undefined>;
  /**
   * Lasting identity.
   */
  readonly uid: pulumi.Output<string>;
  /**
   * Last part of the team's address; it may follow a rename.
   */
  readonly slug: pulumi.Output<string>;
  /**
   * Time of creation, ISO 8601.
   */
  readonly createdAt: pulumi.Output<string | undefined>;
}
