import * as pulumi from "@pulumi/pulumi";
import type { TeamRosterArgs, TeamRosterOutputs, TeamRosterState } from "../generated/teamRoster.js";
import { namesOf, rosterOf } from "../schema/roster.js";
import { teamRoster as schema } from "../schema/teamRoster.js";
import { isOfKind, registration, typeToken } from "./base.js";
import { rosterOnce } from "./declaredOnce.js";
import { goesWith } from "./goesWith.js";
import { noteDeclaration } from "./notes.js";
import { idOf } from "./references.js";

/** True for undefined too: the state of a team without people contains no text. */
const isText = (people: unknown) => typeof people !== "object" || people === null;

export interface TeamRoster extends TeamRosterOutputs {}

/**
 * All people of one team in one resource. People who have not accepted their invitation yet stay pending; the first
 * `up` after the acceptance adds them to the team.
 *
 * @example
 * ```ts
 * import { Organization, Team, TeamRoster } from "pulumi-avala";
 *
 * const acme = new Organization("acme", { name: "Acme Robotics" });
 * const labeling = new Team("labeling", { organization: acme, name: "Labeling" });
 *
 * const roster = new TeamRoster("labeling-people", {
 *   team: labeling,
 *   members: { "ada@example.com": "lead", "linus@example.com": "member" },
 * });
 *
 * export const waiting = roster.waiting;
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/resources/teamRoster
 */
export class TeamRoster extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(schema.kind);

  constructor(name: string, args: TeamRosterArgs, opts?: pulumi.CustomResourceOptions) {
    const people = rosterOnce(schema.kind, name, args, opts, () => this);
    super(
      ...registration(
        schema,
        name,
        { ...args, team: idOf(args.team), ...people },
        pulumi.mergeOptions(goesWith(args.team), opts),
      ),
    );
    noteDeclaration(this, schema, name, args, opts);
    // The state contains them as text; mocks of a unit test may return any form, such as the inputs.
    const { members, waiting, unmanagedMembers } = this as unknown as Record<string, pulumi.Output<unknown>>;
    Object.assign(this, {
      members: members!.apply((people) => (isText(people) ? Object.fromEntries(rosterOf(people)) : people)),
      waiting: waiting!.apply((people) => (isText(people) ? namesOf(people) : people)),
      unmanagedMembers: unmanagedMembers!.apply((people) => (isText(people) ? namesOf(people) : people)),
    });
  }

  /** Whether an object is a TeamRoster, also one from a different copy of this package. */
  static override isInstance(object: unknown): object is TeamRoster {
    return isOfKind(object, schema.kind);
  }

  /**
   * Reads an existing roster without managing it. Needs `@pulumi/pulumi` 3.268 or newer.
   * @param id `<organization uid>/<team uid>`
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: TeamRosterState,
    opts?: pulumi.CustomResourceOptions,
  ): TeamRoster {
    return new TeamRoster(name, { ...state } as TeamRosterArgs, { ...opts, id });
  }
}
