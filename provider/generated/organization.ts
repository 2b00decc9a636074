// Written by `npm run generate` from provider/schema/organization.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";

/** What a program declares of an Organization. */
export interface OrganizationArgs {
  /**
   * Display name, 1 to 1,024 characters, trimmed. Names are not unique in Avala.
   */
  name: pulumi.Input<string>;
  /**
   * What the organization is, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  description?: pulumi.Input<string | undefined>;
  /**
   * Public web address, at most 200 characters, with https:// or http:// and a host such as `example.com`.
   * Removing it from the program empties it.
   */
  website?: pulumi.Input<string | undefined>;
  /**
   * Line of business. The service decides which values it takes.
   * Known values: `robotics`, `autonomous_vehicle`, `ai_ml`, `other`; others may come.
   * Default: The service's choice; not managed.
   * The choices are served by the API itself and may grow.
   */
  industry?: pulumi.Input<string | undefined>;
  /**
   * Contact address, at most 254 characters, that a public mail system delivers to, such as `info@example.com`. It invites nobody.
   * Removing it from the program empties it.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Contact number, at most 50 characters, any format.
   * Removing it from the program empties it.
   */
  phone?: pulumi.Input<string | undefined>;
  /**
   * Who can find the organization.
   * Default: The service's choice; not managed.
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
   * Default: The service derives it from the name.
   * Avala allows only a few changes of the slug, and each changes every address below it. The slug is sent only when it differs.
   */
  slug?: pulumi.Input<string | undefined>;
  /**
   * Web address of the logo, at most 200 characters.
   * Avala may return a different, signed address, so drift of the logo is not detected. Removing it from the program leaves the logo as it is.
   */
  logo?: pulumi.Input<string | undefined>;
  /**
   * Uid or slug of an existing organization to take over instead of creating one. Looked at on create only; what the program declares is then set on it.
   */
  adopt?: pulumi.Input<string | undefined>;
  /**
   * What becomes of the organization when the resource goes: deleted, left as it is, or left by the API key's user.
   * Default: `delete` when this resource created it, `retain` when it was adopted or imported.
   */
  onDestroy?: pulumi.Input<"delete" | "retain" | "leave" | undefined>;
  /**
   * Delete even while datasets, projects, slices or people that no declaration knows are inside. Deleting cannot be undone.
   * Default: `false`.
   */
  forceDestroy?: pulumi.Input<boolean | undefined>;
  /**
   * Create even though the key already reaches an organization of this name.
   * Default: `false`: refused with the `adopt` line of the other one.
   */
  allowDuplicateName?: pulumi.Input<boolean | undefined>;
}

/** What `Organization.get` may be given beside the id. */
export interface OrganizationState {
  /**
   * Display name, 1 to 1,024 characters, trimmed. Names are not unique in Avala.
   */
  name?: pulumi.Input<string | undefined>;
  /**
   * What the organization is, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  description?: pulumi.Input<string | undefined>;
  /**
   * Public web address, at most 200 characters, with https:// or http:// and a host such as `example.com`.
   * Removing it from the program empties it.
   */
  website?: pulumi.Input<string | undefined>;
  /**
   * Line of business. The service decides which values it takes.
   * Known values: `robotics`, `autonomous_vehicle`, `ai_ml`, `other`; others may come.
   * Default: The service's choice; not managed.
   * The choices are served by the API itself and may grow.
   */
  industry?: pulumi.Input<string | undefined>;
  /**
   * Contact address, at most 254 characters, that a public mail system delivers to, such as `info@example.com`. It invites nobody.
   * Removing it from the program empties it.
   */
  email?: pulumi.Input<string | undefined>;
  /**
   * Contact number, at most 50 characters, any format.
   * Removing it from the program empties it.
   */
  phone?: pulumi.Input<string | undefined>;
  /**
   * Who can find the organization.
   * Default: The service's choice; not managed.
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
   * Default: The service derives it from the name.
   * Avala allows only a few changes of the slug, and each changes every address below it. The slug is sent only when it differs.
   */
  slug?: pulumi.Input<string | undefined>;
  /**
   * Web address of the logo, at most 200 characters.
   * Avala may return a different, signed address, so drift of the logo is not detected. Removing it from the program leaves the logo as it is.
   */
  logo?: pulumi.Input<string | undefined>;
  /**
   * Uid or slug of an existing organization to take over instead of creating one. Looked at on create only; what the program declares is then set on it.
   */
  adopt?: pulumi.Input<string | undefined>;
  /**
   * What becomes of the organization when the resource goes: deleted, left as it is, or left by the API key's user.
   * Default: `delete` when this resource created it, `retain` when it was adopted or imported.
   */
  onDestroy?: pulumi.Input<"delete" | "retain" | "leave" | undefined>;
  /**
   * Delete even while datasets, projects, slices or people that no declaration knows are inside. Deleting cannot be undone.
   * Default: `false`.
   */
  forceDestroy?: pulumi.Input<boolean | undefined>;
  /**
   * Create even though the key already reaches an organization of this name.
   * Default: `false`: refused with the `adopt` line of the other one.
   */
  allowDuplicateName?: pulumi.Input<boolean | undefined>;
  /**
   * Lasting identity.
   */
  uid?: pulumi.Input<string | undefined>;
  /**
   * Booked plan.
   * Known values: `basic`, `pro`, `enterprise`; others may come.
   */
  plan?: pulumi.Input<string | undefined>;
  /**
   * Whether Avala has verified the organization.
   */
  isVerified?: pulumi.Input<boolean | undefined>;
  /**
   * Time of creation, ISO 8601.
   */
  createdAt?: pulumi.Input<string | undefined>;
}

/** What an Organization offers to the rest of a program. */
export interface OrganizationOutputs {
  /**
   * Display name, 1 to 1,024 characters, trimmed. Names are not unique in Avala.
   */
  readonly name: pulumi.Output<string>;
  /**
   * What the organization is, at most 1,024 characters.
   * Removing it from the program empties it.
   */
  readonly description: pulumi.Output<string | undefined>;
  /**
   * Public web address, at most 200 characters, with https:// or http:// and a host such as `example.com`.
   * Removing it from the program empties it.
   */
  readonly website: pulumi.Output<string | undefined>;
  /**
   * Line of business. The service decides which values it takes.
   * Known values: `robotics`, `autonomous_vehicle`, `ai_ml`, `other`; others may come.
   * Default: The service's choice; not managed.
   * The choices are served by the API itself and may grow.
   */
  readonly industry: pulumi.Output<string | undefined>;
  /**
   * Contact address, at most 254 characters, that a public mail system delivers to, such as `info@example.com`. It invites nobody.
   * Removing it from the program empties it.
   */
  readonly email: pulumi.Output<string | undefined>;
  /**
   * Contact number, at most 50 characters, any format.
   * Removing it from the program empties it.
   */
  readonly phone: pulumi.Output<string | undefined>;
  /**
   * Who can find the organization.
   * Default: The service's choice; not managed.
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
   * Default: The service derives it from the name.
   * Avala allows only a few changes of the slug, and each changes every address below it. The slug is sent only when it differs.
   */
  readonly slug: pulumi.Output<string>;
  /**
   * Web address of the logo, at most 200 characters.
   * Avala may return a different, signed address, so drift of the logo is not detected. Removing it from the program leaves the logo as it is.
   */
  readonly logo: pulumi.Output<string | undefined>;
  /**
   * Uid or slug of an existing organization to take over instead of creating one. Looked at on create only; what the program declares is then set on it.
   */
  readonly adopt: pulumi.Output<string | undefined>;
  /**
   * What becomes of the organization when the resource goes: deleted, left as it is, or left by the API key's user.
   * Default: `delete` when this resource created it, `retain` when it was adopted or imported.
   */
  readonly onDestroy: pulumi.Output<"delete" | "retain" | "leave" | undefined>;
  /**
   * Delete even while datasets, projects, slices or people that no declaration knows are inside. Deleting cannot be undone.
   * Default: `false`.
   */
  readonly forceDestroy: pulumi.Output<boolean | undefined>;
  /**
   * Create even though the key already reaches an organization of this name.
   * Default: `false`: refused with the `adopt` line of the other one.
   */
  readonly allowDuplicateName: pulumi.Output<boolean | undefined>;
  /**
   * Lasting identity.
   */
  readonly uid: pulumi.Output<string>;
  /**
   * Booked plan.
   * Known values: `basic`, `pro`, `enterprise`; others may come.
   */
  readonly plan: pulumi.Output<string | undefined>;
  /**
   * Whether Avala has verified the organization.
   */
  readonly isVerified: pulumi.Output<boolean | undefined>;
  /**
   * Time of creation, ISO 8601.
   */
  readonly createdAt: pulumi.Output<string | undefined>;
}
