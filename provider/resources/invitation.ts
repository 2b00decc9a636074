import * as pulumi from "@pulumi/pulumi";
import type { InvitationArgs, InvitationOutputs, InvitationState } from "../generated/invitation.js";
import { invitation as schema } from "../schema/invitation.js";
import { isOfKind, registration, shortStacks, typeToken } from "./base.js";
import { namedOnce } from "./declaredOnce.js";
import { noteDeclaration } from "./notes.js";
import { idOf } from "./references.js";

export interface Invitation extends InvitationOutputs {}

/**
 * A single invitation of a person to an organization. Creating it sends one email, or none if the person is a member or
 * has a valid invitation already. Destroying it cancels a pending invitation and never affects a member.
 *
 * @example
 * ```ts
 * import { Invitation, Organization } from "pulumi-avala";
 *
 * const acme = new Organization("acme", { name: "Acme Robotics" });
 *
 * // Sends one email. After the acceptance, the person is not managed.
 * const mia = new Invitation("mia", { organization: acme, email: "mia@example.com" });
 *
 * export const expiresAt = mia.expiresAt;
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/invitation
 */
export class Invitation extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(schema.kind);

  constructor(name: string, args: InvitationArgs, opts?: pulumi.CustomResourceOptions) {
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

  /** Whether an object is an Invitation, also one from a different copy of this package. */
  static override isInstance(object: unknown): object is Invitation {
    return isOfKind(object, schema.kind);
  }

  /**
   * Reads an existing invitation without managing it. Needs `@pulumi/pulumi` 3.268 or newer.
   * @param id `<organization uid>/<email>`
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: InvitationState,
    opts?: pulumi.CustomResourceOptions,
  ): Invitation {
    return new Invitation(name, { ...state } as InvitationArgs, { ...opts, id });
  }
}
