import * as pulumi from "@pulumi/pulumi";
import type { OrganizationArgs, OrganizationOutputs, OrganizationState } from "../generated/organization.js";
import { organization as schema } from "../schema/organization.js";
import { isOfKind, registration, shortStacks, typeToken } from "./base.js";
import { noteDeclaration } from "./notes.js";

export interface Organization extends OrganizationOutputs {}

/**
 * An Avala organization. Creating one makes the API key's user its owner. If one of this name exists already, creation
 * fails with an error that shows the `adopt` line to take it over.
 *
 * @example
 * ```ts
 * import { Organization } from "pulumi-avala";
 *
 * const acme = new Organization("acme", {
 *   name: "Acme Robotics",
 *   description: "Robots that see",
 *   industry: "robotics",
 *   website: "https://acme.example.com",
 * });
 *
 * export const slug = acme.slug;
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/organization
 */
export class Organization extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(schema.kind);

  constructor(name: string, args: OrganizationArgs, opts?: pulumi.CustomResourceOptions) {
    const restore = shortStacks();
    try {
      super(...registration(schema, name, args, opts));
    } finally {
      restore();
    }
    noteDeclaration(this, schema, name, args, opts);
  }

  /** Whether an object is an Organization, also one from a different copy of this package. */
  static override isInstance(object: unknown): object is Organization {
    return isOfKind(object, schema.kind);
  }

  /**
   * Reads an existing organization without managing it. Needs `@pulumi/pulumi` 3.268 or newer.
   * @param id the organization's uid
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: OrganizationState,
    opts?: pulumi.CustomResourceOptions,
  ): Organization {
    return new Organization(name, { ...state } as OrganizationArgs, { ...opts, id });
  }
}
