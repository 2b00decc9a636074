// Written by `npm run generate` from provider/schema/organization.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";

/**
 * Inputs of an Organization.
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/organization
 */
export interface OrganizationArgs {
  /**
   * Display name, 1 to 1,024 characters, trimmed. Names are not unique in Avala.
   */
  name: pulumi.Input<string>;
  /**
   * Description of the organization, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  description?: pulumi.Input<string | undefined>;
  /**
   * Public website, at most 200 characters: a URL with https:// or http:// and a host such as `example.com`.
   * Removing it from the program empties it.
   */
  website?: pulumi.Input<string | undefined>;
  /**
   * Industry. Avala decides which values are valid.
   * Known values: `robotics`, `autonomous_vehicle`, `ai_ml`, `other`; more may be added.
   * Default: chosen by Avala, and not managed.
   * `getIndustryChoices` returns the current values.
   */
  industry?: pulumi.Input<"robotics" | "autonomous_vehicle" | "ai_ml" | "other" | (string & {}) | undefined>;
  /**
   * Contact address, such as `info@example.com`, at most 254 characters. Public email systems must be able to deliver to it. Nobody is invited by it.
   * Removing it from the program empties it.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Contact phone number in any format, at most 50 characters.
   * Removing it from the program empties it.
   */
  phone?: pulumi.Input<string | undefined>;
  /**
   * Who can find the organization in Avala.
   * Default: chosen by Avala, and not managed.
   */
  visibility?: pulumi.Input<"public" | "private" | undefined>;
  /**
   * Short public name, unique in Avala: at most 50 letters, digits and underscores.
   * Removing it from the program empties it.
   * Unlike a slug, a handle has no hyphens.
   */
  handle?: pulumi.Input<string | undefined>;
  /**
   * Last part of the organization's address: letters, digits, hyphens and underscores, at most 255.
   * Default: derived from the name by Avala.
   * Avala allows only a few changes of the slug, and each changes every address below it. The slug is sent only when it differs.
   */
  slug?: pulumi.Input<string | undefined>;
  /**
   * URL of the logo, at most 200 characters.
   * Avala may return a different, signed address, so drift of the logo is not detected. Removing it from the program leaves the logo as it is.
   */
  logo?: pulumi.Input<string | undefined>;
  /**
   * Uid or slug of an existing organization to take over instead of creating one. Used by the create step only, which then updates the organization to the declared inputs.
   */
  adopt?: pulumi.Input<string | undefined>;
  /**
   * What happens when the resource is destroyed: `delete` deletes the organization, `retain` leaves it as it is, and with `leave` the API key's user leaves it.
   * Default: `delete` if this resource created the organization, `retain` if it was adopted or imported.
   */
  onDestroy?: pulumi.Input<"delete" | "retain" | "leave" | undefined>;
  /**
   * Delete the organization even if it contains datasets, projects, slices or unmanaged people. A deletion cannot be undone.
   * Default: `false`.
   */
  forceDestroy?: pulumi.Input<boolean | undefined>;
  /**
   * Create the organization even if one of this name exists already and is visible to the API key.
   * Default: `false`: creation fails with an error that shows the `adopt` line of the existing one.
   */
  allowDuplicateName?: pulumi.Input<boolean | undefined>;
  /**
   * Why the organization has these settings, such as `forceDestroy`, for reviewers and policies. Recorded in the state only, never sent to Avala.
   */
  reason?: pulumi.Input<string | undefined>;
}

/** Optional properties for `Organization.get`, in addition to the id. */
export interface OrganizationState {
  /**
   * Display name, 1 to 1,024 characters, trimmed. Names are not unique in Avala.
   */
  name?: pulumi.Input<string | undefined>;
  /**
   * Description of the organization, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  description?: pulumi.Input<string | undefined>;
  /**
   * Public website, at most 200 characters: a URL with https:// or http:// and a host such as `example.com`.
   * Removing it from the program empties it.
   */
  website?: pulumi.Input<string | undefined>;
  /**
   * Industry. Avala decides which values are valid.
   * Known values: `robotics`, `autonomous_vehicle`, `ai_ml`, `other`; more may be added.
   * Default: chosen by Avala, and not managed.
   * `getIndustryChoices` returns the current values.
   */
  industry?: pulumi.Input<string | undefined>;
  /**
   * Contact address, such as `info@example.com`, at most 254 characters. Public email systems must be able to deliver to it. Nobody is invited by it.
   * Removing it from the program empties it.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Contact phone number in any format, at most 50 characters.
   * Removing it from the program empties it.
   */
  phone?: pulumi.Input<string | undefined>;
  /**
   * Who can find the organization in Avala.
   * Default: chosen by Avala, and not managed.
   */
  visibility?: pulumi.Input<"public" | "private" | undefined>;
  /**
   * Short public name, unique in Avala: at most 50 letters, digits and underscores.
   * Removing it from the program empties it.
   * Unlike a slug, a handle has no hyphens.
   */
  handle?: pulumi.Input<string | undefined>;
  /**
   * Last part of the organization's address: letters, digits, hyphens and underscores, at most 255.
   * Default: derived from the name by Avala.
   * Avala allows only a few changes of the slug, and each changes every address below it. The slug is sent only when it differs.
   */
  slug?: pulumi.Input<string | undefined>;
  /**
   * URL of the logo, at most 200 characters.
   * Avala may return a different, signed address, so drift of the logo is not detected. Removing it from the program leaves the logo as it is.
   */
  logo?: pulumi.Input<string | undefined>;
  /**
   * Uid or slug of an existing organization to take over instead of creating one. Used by the create step only, which then updates the organization to the declared inputs.
   */
  adopt?: pulumi.Input<string | undefined>;
  /**
   * What happens when the resource is destroyed: `delete` deletes the organization, `retain` leaves it as it is, and with `leave` the API key's user leaves it.
   * Default: `delete` if this resource created the organization, `retain` if it was adopted or imported.
   */
  onDestroy?: pulumi.Input<"delete" | "retain" | "leave" | undefined>;
  /**
   * Delete the organization even if it contains datasets, projects, slices or unmanaged people. A deletion cannot be undone.
   * Default: `false`.
   */
  forceDestroy?: pulumi.Input<boolean | undefined>;
  /**
   * Create the organization even if one of this name exists already and is visible to the API key.
   * Default: `false`: creation fails with an error that shows the `adopt` line of the existing one.
   */
  allowDuplicateName?: pulumi.Input<boolean | undefined>;
  /**
   * Why the organization has these settings, such as `forceDestroy`, for reviewers and policies. Recorded in the state only, never sent to Avala.
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * Identity, a UUID; it never changes.
   */
  uid?: pulumi.Input<string | undefined>;
  /**
   * Plan of the organization.
   * Known values: `basic`, `pro`, `enterprise`; more may be added.
   */
  plan?: pulumi.Input<string | undefined>;
  /**
   * Whether Avala has verified the organization.
   */
  isVerified?: pulumi.Input<boolean | undefined>;
  /**
   * Time of creation, in ISO 8601.
   */
  createdAt?: pulumi.Input<string | undefined>;
}

/** Outputs of an Organization: all inputs, and values that Avala returns. */
export interface OrganizationOutputs {
  /**
   * Display name, 1 to 1,024 characters, trimmed. Names are not unique in Avala.
   */
  readonly name: pulumi.Output<string>;
  /**
   * Description of the organization, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  readonly description: pulumi.Output<string | undefined>;
  /**
   * Public website, at most 200 characters: a URL with https:// or http:// and a host such as `example.com`.
   * Removing it from the program empties it.
   */
  readonly website: pulumi.Output<string | undefined>;
  /**
   * Industry. Avala decides which values are valid.
   * Known values: `robotics`, `autonomous_vehicle`, `ai_ml`, `other`; more may be added.
   * Default: chosen by Avala, and not managed.
   * `getIndustryChoices` returns the current values.
   */
  readonly industry: pulumi.Output<string | undefined>;
  /**
   * Contact address, such as `info@example.com`, at most 254 characters. Public email systems must be able to deliver to it. Nobody is invited by it.
   * Removing it from the program empties it.
   */
  readonly email: pulumi.Output<string | undefined>;
  /**
   * Contact phone number in any format, at most 50 characters.
   * Removing it from the program empties it.
   */
  readonly phone: pulumi.Output<string | undefined>;
  /**
   * Who can find the organization in Avala.
   * Default: chosen by Avala, and not managed.
   */
  readonly visibility: pulumi.Output<"public" | "private" | undefined>;
  /**
   * Short public name, unique in Avala: at most 50 letters, digits and underscores.
   * Removing it from the program empties it.
   * Unlike a slug, a handle has no hyphens.
   */
  readonly handle: pulumi.Output<string | undefined>;
  /**
   * Last part of the organization's address: letters, digits, hyphens and underscores, at most 255.
   * Default: derived from the name by Avala.
   * Avala allows only a few changes of the slug, and each changes every address below it. The slug is sent only when it differs.
   */
  readonly slug: pulumi.Output<string>;
  /**
   * URL of the logo, at most 200 characters.
   * Avala may return a different, signed address, so drift of the logo is not detected. Removing it from the program leaves the logo as it is.
   */
  readonly logo: pulumi.Output<string | undefined>;
  /**
   * Uid or slug of an existing organization to take over instead of creating one. Used by the create step only, which then updates the organization to the declared inputs.
   */
  readonly adopt: pulumi.Output<string | undefined>;
  /**
   * What happens when the resource is destroyed: `delete` deletes the organization, `retain` leaves it as it is, and with `leave` the API key's user leaves it.
   * Default: `delete` if this resource created the organization, `retain` if it was adopted or imported.
   */
  readonly onDestroy: pulumi.Output<"delete" | "retain" | "leave" | undefined>;
  /**
   * Delete the organization even if it contains datasets, projects, slices or unmanaged people. A deletion cannot be undone.
   * Default: `false`.
   */
  readonly forceDestroy: pulumi.Output<boolean | undefined>;
  /**
   * Create the organization even if one of this name exists already and is visible to the API key.
   * Default: `false`: creation fails with an error that shows the `adopt` line of the existing one.
   */
  readonly allowDuplicateName: pulumi.Output<boolean | undefined>;
  /**
   * Why the organization has these settings, such as `forceDestroy`, for reviewers and policies. Recorded in the state only, never sent to Avala.
   */
  readonly reason: pulumi.Output<string | undefined>;
  /**
   * Identity, a UUID; it never changes.
   */
  readonly uid: pulumi.Output<string>;
  /**
   * Plan of the organization.
   * Known values: `basic`, `pro`, `enterprise`; more may be added.
   */
  readonly plan: pulumi.Output<string | undefined>;
  /**
   * Whether Avala has verified the organization.
   */
  readonly isVerified: pulumi.Output<boolean | undefined>;
  /**
   * Time of creation, in ISO 8601.
   */
  readonly createdAt: pulumi.Output<string | undefined>;
}
