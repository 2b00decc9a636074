import * as pulumi from "@pulumi/pulumi";
import type { TeamArgs, TeamOutputs, TeamState } from "../generated/team.js";
import { quoted } from "../core/text.js";
import { team as schema } from "../schema/team.js";
import { isOfKind, registration, shortStacks, typeToken } from "./base.js";
import { noteDeclaration } from "./notes.js";
import { idOf } from "./references.js";

export interface Team extends TeamOutputs {}

/**
 * A team of an organization. If one of this name exists already, creation fails with an error that shows the `adopt`
 * line to take it over.
 *
 * @example
 * ```ts
 * import { Organization, Team } from "pulumi-avala";
 *
 * const acme = new Organization("acme", { name: "Acme Robotics" });
 *
 * const perception = new Team("perception", {
 *   organization: acme,
 *   name: "Perception",
 *   description: "Cameras and lidar",
 *   color: "#6366F1",
 * });
 *
 * export const id = perception.id;
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/team
 */
export class Team extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(schema.kind);

  /** @internal Whether the team is deleted together with everybody in it. */
  declare readonly __forceDestroy: boolean;

  constructor(name: string, args: TeamArgs, opts?: pulumi.CustomResourceOptions) {
    const restore = shortStacks();
    try {
      super(...registration(schema, name, { ...args, organization: idOf(args.organization) }, opts));
    } finally {
      restore();
    }
    warnUnusualColor(this, args.color);
    noteDeclaration(this, schema, name, args, opts);
    // Not enumerable: only TeamMembership and TeamRoster read it.
    Object.defineProperty(this, "__forceDestroy", { value: args.forceDestroy === true });
  }

  /** Whether an object is a Team, also one from a different copy of this package. */
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

/** Avala accepts any text of this length, so it is not refused; a value that is not known is not judged. */
function warnUnusualColor(team: Team, color: TeamArgs["color"]): void {
  if (typeof color !== "string" || /^#(?:[0-9a-f]{3}){1,2}$/i.test(color.trim())) return;
  const text = `color ${quoted(color, 20)} has not the form #RGB or #RRGGBB, such as #6366F1: Avala accepts it, and may not show it.`;
  void pulumi.log.warn(text, team);
}
