import * as pulumi from "@pulumi/pulumi";
import type { OrganizationMemberCommonArgs } from "../generated/organizationMember.js";
import type { Organization } from "../resources/organization.js";
import { OrganizationMember } from "../resources/organizationMember.js";
import type { Team } from "../resources/team.js";
import { TeamMembership } from "../resources/teamMembership.js";
import { listPeople, type ListedPerson } from "../schema/index.js";
import { printable, quoted } from "../core/text.js";
import { openDataFile, type DataFile } from "../core/dataFile.js";

/** Plain values: resources are named after them, so they must be known when the program runs. */
type Plain<T> = { [Name in keyof T]: pulumi.Unwrap<T[Name]> };

/**
 * Defaults for all people. Fields of a person, and the `defaults` in the file, take precedence.
 * @see https://avala-ai.github.io/pulumi-avala/reference/people
 */
export interface PeopleDefaults extends Plain<
  Pick<OrganizationMemberCommonArgs, "role" | "onExpiry" | "maxEmails" | "onDestroy" | "reason" | "validUntil">
> {}

/**
 * Fields of one person, except `email` and `user`.
 * @see https://avala-ai.github.io/pulumi-avala/reference/people
 */
export interface PersonCommonArgs extends PeopleDefaults, Plain<Pick<OrganizationMemberCommonArgs, "resend">> {
  /**
   * The person's teams, by their keys in `teams` of the component: a list makes the person a member of each team, a
   * mapping sets the role in each. `onDestroy`, `reason` and `validUntil` of the person apply to these team memberships
   * too.
   */
  teams?: readonly string[] | Readonly<Record<string, "lead" | "member">> | undefined;
}

/**
 * One person, by either `email` or `user`. All fields except `teams` are inputs of OrganizationMember; all are plain
 * values.
 * @see https://avala-ai.github.io/pulumi-avala/reference/people
 */
export type PersonArgs = PersonCommonArgs &
  (
    | {
        /** The person, by email address. Set either this or `user`. */
        email: string;
        user?: undefined;
      }
    | {
        /** The person, by uid, who must be a member already. Set either this or `email`. */
        user: string;
        email?: undefined;
      }
  );

/**
 * Inputs of People. Set either `people` or `file`.
 * @see https://avala-ai.github.io/pulumi-avala/reference/people
 */
export interface PeopleArgs {
  /** The organization: the resource, its uid or its slug. */
  organization: Organization | pulumi.Input<string>;
  /** The people. */
  people?: readonly PersonArgs[] | undefined;
  /**
   * A file with the people: `.yaml`, `.yml`, `.json` or `.csv`. A relative path starts at the program's working
   * directory. The file contains a list of people, or a mapping with `people` and optionally `defaults`; a CSV file a
   * row of column names and a row for each person.
   */
  file?: string | undefined;
  /** The teams that people may be members of: the resource or its id, by the key that `teams` of a person uses. */
  teams?: Readonly<Record<string, Team | pulumi.Input<string>>> | undefined;
  /** Defaults for all people. */
  defaults?: PeopleDefaults | undefined;
}

/**
 * A list or file of people is not valid. The message lists all faults.
 * @see https://avala-ai.github.io/pulumi-avala/reference/people
 */
export class PeopleError extends pulumi.RunError {
  readonly code = "AVALA_PEOPLE";

  constructor(problem: string) {
    super(`${problem}\nNothing was declared. [AVALA_PEOPLE]`);
  }
}

/**
 * The members of an organization and their team memberships, from a list in the program or from a file: an
 * OrganizationMember for each person and a TeamMembership for each team of a person. These are named after the
 * component, the normalised email address (or uid) and the team's key, so that order, case and the layout of the file
 * make no difference.
 *
 * @throws PeopleError, with all faults, before any of the people is declared
 * @example
 * ```ts
 * import { Organization, People, Team } from "pulumi-avala";
 *
 * const acme = new Organization("acme", { name: "Acme Robotics" });
 * const perception = new Team("perception", { organization: acme, name: "Perception" });
 * const annotation = new Team("annotation", { organization: acme, name: "Annotation" });
 *
 * const staff = new People("staff", { organization: acme, file: "people.yaml", teams: { perception, annotation } });
 *
 * export const waiting = staff.waiting;
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/people
 */
export class People extends pulumi.ComponentResource {
  /** The people, by normalised email address, or by uid if the list names them by `user`. */
  readonly members: Readonly<Record<string, OrganizationMember>>;

  /** Their team memberships: by the same name, then by the team's key. */
  readonly memberships: Readonly<Record<string, Readonly<Record<string, TeamMembership>>>>;

  /** Statuses of the people who are not members of the organization: `invited`, `expired` or `gone`. */
  readonly waiting: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: PeopleArgs, opts?: pulumi.ComponentResourceOptions) {
    const people = peopleOf(name, args);
    super("avala:index:People", name, {}, opts);
    const made = people.map((person) => this.#declare(name, args, person));
    this.members = Object.fromEntries(made.map(({ who, member }) => [who, member]));
    this.memberships = Object.fromEntries(made.map(({ who, memberships }) => [who, memberships]));
    this.waiting = pulumi
      .all(made.map(({ who, member }) => member.status.apply((status) => [who, status] as const)))
      .apply((all) => Object.fromEntries(all.filter(([, status]) => status !== "active")));
    this.registerOutputs({ waiting: this.waiting });
  }

  #declare(name: string, args: PeopleArgs, { who, teams, declared: { email, user, ...declared } }: ListedPerson) {
    const { onDestroy, reason, validUntil } = declared;
    const named = email === undefined ? { user: user! } : { email };
    const own = `${name}-${who}`;
    const member = new OrganizationMember(
      own,
      { organization: args.organization, ...named, ...declared },
      { parent: this },
    );
    const membership = (key: string, role: "lead" | "member") =>
      new TeamMembership(
        `${own}-${key}`,
        { team: args.teams![key]!, ...named, role, onDestroy, reason, validUntil },
        // Team memberships are removed before the person is removed.
        { parent: this, dependsOn: member },
      );
    const memberships = Object.fromEntries(Object.entries(teams).map(([key, role]) => [key, membership(key, role)]));
    return { who, member, memberships };
  }
}

function peopleOf(name: string, { people, file, teams = {}, defaults }: PeopleArgs): ListedPerson[] {
  const source = `People ${quoted(name)}`;
  if ((people === undefined) === (file === undefined))
    throw new PeopleError(`${source} requires either people or file.`);
  const { content, place } = people === undefined ? opened(source, file!) : { content: people, place: undefined };
  const listed = listPeople(content, defaults, Object.keys(teams), place);
  if (listed.faults.length === 0) return listed.people;
  const where = file === undefined ? source : `${source}: ${printable(file, 1024)}`;
  throw new PeopleError(`${where} is invalid:\n  ${listed.faults.join("\n  ")}`);
}

function opened(source: string, file: string): DataFile {
  try {
    return openDataFile(file, [".csv"]);
  } catch (error) {
    throw new PeopleError(`${source}: ${(error as Error).message}`);
  }
}
