import * as pulumi from "@pulumi/pulumi";
import type { OrganizationMemberArgs } from "../generated/organizationMember.js";
import type { Organization } from "../resources/organization.js";
import { OrganizationMember } from "../resources/organizationMember.js";
import type { Team } from "../resources/team.js";
import { TeamMembership } from "../resources/teamMembership.js";
import { listPeople, type ListedPerson } from "../schema/index.js";
import { printable, quoted } from "../core/text.js";
import { readDataFile } from "../core/dataFile.js";

/** Plain values: names of resources come from them, so that they have to be known when the program runs. */
type Plain<T> = { [Name in keyof T]: pulumi.Unwrap<T[Name]> };

/** What may be said once for all people. It holds where the person, and the file's own `defaults`, say nothing else. */
export interface PeopleDefaults extends Plain<
  Pick<OrganizationMemberArgs, "role" | "onExpiry" | "maxEmails" | "onDestroy" | "reason" | "validUntil">
> {}

/** One person. Everything but `teams` is what an OrganizationMember takes; all of it is a plain value. */
export interface PersonArgs extends PeopleDefaults, Plain<Pick<OrganizationMemberArgs, "email" | "user" | "resend">> {
  /**
   * The person's teams, by their keys in `teams` of the component: a list makes them a member of each, a mapping gives
   * each a role. `onDestroy`, `reason` and `validUntil` of the person hold for these places as well.
   */
  teams?: readonly string[] | Readonly<Record<string, "lead" | "member">> | undefined;
}

/** What a program declares of People. Either `people` or `file`. */
export interface PeopleArgs {
  /** The organization: the resource, its uid or its slug. */
  organization: Organization | pulumi.Input<string>;
  /** The people. */
  people?: readonly PersonArgs[] | undefined;
  /**
   * A file of them: `.yaml`, `.yml` or `.json`, in UTF-8. A path is taken from the program's working directory. It holds
   * a list of people, or a mapping with `people` and perhaps `defaults`.
   */
  file?: string | undefined;
  /** The teams that people may be placed in, the resource or its id, under the keys by which people name them. */
  teams?: Readonly<Record<string, Team | pulumi.Input<string>>> | undefined;
  /** What holds for everybody who says nothing else. */
  defaults?: PeopleDefaults | undefined;
}

/** A list or file of people that cannot be right. It names all that is wrong with it. */
export class PeopleError extends pulumi.RunError {
  readonly code = "AVALA_PEOPLE";

  constructor(problem: string) {
    super(`${problem}\nNothing of it was declared. [AVALA_PEOPLE]`);
  }
}

/**
 * The people of an organization and their places in teams, from a list in the program or from a file: an
 * OrganizationMember for each person and a TeamMembership for each place. These are named after the component, the
 * normalised e-mail address (or uid) and the team's key, so that order, case and the layout of the file change nothing.
 *
 * @throws PeopleError, with everything that is wrong, before anything of it is declared
 * @example
 * new People("staff", { organization: acme, file: "people.yaml", teams: { perception, labeling } });
 */
export class People extends pulumi.ComponentResource {
  /** The people, by normalised e-mail address, or by uid where they are listed by `user`. */
  readonly members: Readonly<Record<string, OrganizationMember>>;

  /** Their places in teams: by the same name, then by the team's key. */
  readonly places: Readonly<Record<string, Readonly<Record<string, TeamMembership>>>>;

  /** Who is not a member, or not any more, with their status: `invited`, `expired` or `gone`. */
  readonly waiting: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: PeopleArgs, opts?: pulumi.ComponentResourceOptions) {
    const people = peopleOf(name, args);
    super("avala:index:People", name, {}, opts);
    const made = people.map((person) => this.#declare(name, args, person));
    this.members = Object.fromEntries(made.map(({ who, member }) => [who, member]));
    this.places = Object.fromEntries(made.map(({ who, places }) => [who, places]));
    this.waiting = pulumi
      .all(made.map(({ who, member }) => member.status.apply((status) => [who, status] as const)))
      .apply((all) => Object.fromEntries(all.filter(([, status]) => status !== "active")));
    this.registerOutputs({ waiting: this.waiting });
  }

  #declare(name: string, args: PeopleArgs, { who, teams, declared }: ListedPerson) {
    const { email, user, onDestroy, reason, validUntil } = declared;
    const own = `${name}-${who}`;
    const member = new OrganizationMember(own, { organization: args.organization, ...declared }, { parent: this });
    const place = (key: string, role: "lead" | "member") =>
      new TeamMembership(
        `${own}-${key}`,
        { team: args.teams![key]!, email, user, role, onDestroy, reason, validUntil },
        // Places are taken back before the person goes.
        { parent: this, dependsOn: member },
      );
    const places = Object.fromEntries(Object.entries(teams).map(([key, role]) => [key, place(key, role)]));
    return { who, member, places };
  }
}

function peopleOf(name: string, { people, file, teams = {}, defaults }: PeopleArgs): ListedPerson[] {
  const source = `People ${quoted(name)}`;
  if ((people === undefined) === (file === undefined)) throw new PeopleError(`${source} takes either people or file.`);
  const listed = listPeople(people ?? contentOf(source, file!), defaults, Object.keys(teams));
  if (listed.faults.length === 0) return listed.people;
  const where = file === undefined ? source : `${source}: ${printable(file, 1024)}`;
  throw new PeopleError(`${where} needs correcting:\n  ${listed.faults.join("\n  ")}`);
}

function contentOf(source: string, file: string): unknown {
  try {
    return readDataFile(file);
  } catch (error) {
    throw new PeopleError(`${source}: ${(error as Error).message}`);
  }
}
