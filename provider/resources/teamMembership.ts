import * as pulumi from "@pulumi/pulumi";
import type { TeamMembershipArgs, TeamMembershipOutputs, TeamMembershipState } from "../generated/teamMembership.js";
import { teamMembership as schema } from "../schema/teamMembership.js";
import { isOfKind, registration, shortStacks, typeToken } from "./base.js";
import { namedOnce } from "./declaredOnce.js";
import { goesWith } from "./goesWith.js";
import { noteDeclaration } from "./notes.js";
import { idOf } from "./references.js";

export interface TeamMembership extends TeamMembershipOutputs {}

/**
 * One person's membership of a team. If the person has not accepted their invitation yet, it stays pending; the first
 * `up` after the acceptance adds them to the team.
 *
 * @example
 * ```ts
 * import { Organization, OrganizationMember, Team, TeamMembership } from "pulumi-avala";
 *
 * const acme = new Organization("acme", { name: "Acme Robotics" });
 * const perception = new Team("perception", { organization: acme, name: "Perception" });
 * const ada = new OrganizationMember("ada", { organization: acme, email: "ada@example.com" });
 *
 * // Waits, without an error, until Ada has accepted her invitation.
 * const lead = new TeamMembership(
 *   "ada-perception",
 *   { team: perception, email: "ada@example.com", role: "lead" },
 *   { dependsOn: ada },
 * );
 *
 * export const status = lead.status;
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/teamMembership
 */
export class TeamMembership extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(schema.kind);

  constructor(name: string, args: TeamMembershipArgs, opts?: pulumi.CustomResourceOptions) {
    const restore = shortStacks();
    try {
      super(
        ...registration(
          schema,
          name,
          { ...args, team: idOf(args.team), ...namedOnce(schema.kind, name, args, opts, () => this) },
          pulumi.mergeOptions(goesWith(args.team), opts),
        ),
      );
    } finally {
      restore();
    }
    noteDeclaration(this, schema, name, args, opts);
  }

  /** Whether an object is a TeamMembership, also one from a different copy of this package. */
  static override isInstance(object: unknown): object is TeamMembership {
    return isOfKind(object, schema.kind);
  }

  /**
   * Reads an existing membership without managing it. Needs `@pulumi/pulumi` 3.268 or newer.
   * @param id `<organization uid>/<team uid>/<user uid or email>`
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: TeamMembershipState,
    opts?: pulumi.CustomResourceOptions,
  ): TeamMembership {
    return new TeamMembership(name, { ...state } as TeamMembershipArgs, { ...opts, id });
  }
}
