import * as pulumi from "@pulumi/pulumi";
import type {
  OrganizationMemberArgs,
  OrganizationMemberOutputs,
  OrganizationMemberState,
} from "../generated/organizationMember.js";
import { organizationMember as schema } from "../schema/organizationMember.js";
import { isOfKind, registration, shortStacks, typeToken } from "./base.js";
import { namedOnce } from "./declaredOnce.js";
import { noteDeclaration } from "./notes.js";
import { idOf } from "./references.js";

export interface OrganizationMember extends OrganizationMemberOutputs {}

/**
 * One person's membership of an organization. A member gets the declared role. A person who is not a member is invited
 * with one email, and recorded as a member by the first run after they accept.
 *
 * @example
 * ```ts
 * import { Organization, OrganizationMember } from "pulumi-avala";
 *
 * const acme = new Organization("acme", { name: "Acme Robotics" });
 *
 * // Sends one invitation email if Ada is not a member yet.
 * const ada = new OrganizationMember("ada", { organization: acme, email: "ada@example.com", role: "admin" });
 *
 * export const status = ada.status;
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/organizationMember
 */
export class OrganizationMember extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(schema.kind);

  constructor(name: string, args: OrganizationMemberArgs, opts?: pulumi.CustomResourceOptions) {
    const restore = shortStacks();
    try {
      super(
        ...registration(
          schema,
          name,
          { ...args, organization: idOf(args.organization), ...namedOnce(schema.kind, name, args, opts, () => this) },
          opts,
        ),
      );
    } finally {
      restore();
    }
    noteDeclaration(this, schema, name, args, opts);
  }

  /** Whether an object is an OrganizationMember, also one from a different copy of this package. */
  static override isInstance(object: unknown): object is OrganizationMember {
    return isOfKind(object, schema.kind);
  }

  /**
   * Reads an existing member without managing it. Needs `@pulumi/pulumi` 3.268 or newer.
   * @param id `<organization uid>/<user uid or email>`
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: OrganizationMemberState,
    opts?: pulumi.CustomResourceOptions,
  ): OrganizationMember {
    return new OrganizationMember(name, { ...state } as OrganizationMemberArgs, { ...opts, id });
  }
}
