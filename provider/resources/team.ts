import * as pulumi from "@pulumi/pulumi";
import type { TeamArgs, TeamOutputs, TeamState } from "../generated/team.js";
import { team as schema } from "../schema/team.js";
import { isOfKind, registration, shortStacks, typeToken } from "./base.js";
import { noteDeclaration } from "./notes.js";
import { idOf } from "./references.js";

export interface Team extends TeamOutputs {}

/**
 * A team of an organization. One of the same name in the way is refused, with the `adopt` line that takes it over.
 *
 * @example
 * const perception = new Team("perception", { organization: acme, name: "Perception" });
 */
export class Team extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(schema.kind);

  /** @internal Declared to go with everybody inside. */
  declare readonly __forceDestroy: boolean;

  constructor(name: string, args: TeamArgs, opts?: pulumi.CustomResourceOptions) {
    const restore = shortStacks();
    try {
      super(...registration(schema, name, { ...args, organization: idOf(args.organization) }, opts));
    } finally {
      restore();
    }
    noteDeclaration(this, schema, name, args, opts);
    // Not enumerable: only TeamMembership looks at it.
    Object.defineProperty(this, "__forceDestroy", { value: args.forceDestroy === true });
  }

  /** Whether an object is a Team, of whichever copy of this package. */
  static override isInstance(object: unknown): object is Team {
    return isOfKind(object, schema.kind);
  }

  /**
   * Reads an existing team without managing it. Needs `@pulumi/pulumi` 3.268 or newer.
   * @param id `<organization uid>/<team uid>`
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, state?: TeamState, opts?: pulumi.CustomResourceOptions): Team {
    return new Team(name, { ...state } as TeamArgs, { ...opts, id });
  }
}
