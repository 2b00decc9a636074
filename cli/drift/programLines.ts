import { joinId } from "../../provider/core/identity.js";
import { literal, scalar } from "../output/peopleYaml.js";
import { typeOf, type Managed } from "../pulumi/managed.js";
import type { Finding } from "./finding.js";
import { whoOf } from "./peopleFiles.js";
import { placeIn, type Place, type Places } from "../pulumi/places.js";

/** What to add to the people of one TeamRoster. */
export interface RosterLines {
  /** Logical name. */
  roster: string;
  organization: string;
  /** Uid. */
  team: string;
  /** Of its list: the file, or else the program. */
  place?: Place | undefined;
  /** Entries of its `members`: as YAML, or as JSON where the list is not in a YAML file. */
  lines: string;
}

/** The lines that adopt the unmanaged people of teams with a roster. */
export function rosterLines(findings: readonly Finding[], managed: readonly Managed[], places: Places): RosterLines[] {
  return managed.flatMap(({ kind, name, urn, organizationUid, teamUid }): RosterLines[] => {
    if (kind !== "TeamRoster") return [];
    const unlisted = findings.filter(
      (one) =>
        one.kind === "unmanaged" &&
        one.subject === "teamMembership" &&
        one.import === undefined &&
        one.organization.uid === organizationUid &&
        one.team!.uid === teamUid,
    );
    const file = places.rosterFileOf(name);
    const isYaml = file?.format === "yaml";
    const lines = unlisted.flatMap((one) => {
      const who = whoOf(one)?.name;
      if (who === undefined) return [];
      const role = one.role ?? "member";
      return isYaml ? `${scalar(who)}: ${scalar(role)}\n` : `${literal(who)}: ${literal(role)},\n`;
    });
    if (lines.length === 0) return [];
    const place = (file && placeIn(file, [...file.teams.get(name)!.values()].at(-1))) ?? places.inProgram(urn);
    return [{ roster: name, organization: organizationUid, team: teamUid!, place, lines: lines.join("") }];
  });
}

/** Resources to add to the program. */
export interface ProgramLines {
  kind: Managed["kind"];
  organization: string;
  /** The last resource of that kind in the organization. */
  place?: Place | undefined;
  lines: string;
}

const kinds = ["Team", "OrganizationMember", "Invitation", "TeamMembership"] as const;

/** The lines of TypeScript that adopt what no list of people takes. */
export function programLines(
  findings: readonly Finding[],
  managed: readonly Managed[],
  places: Places,
): ProgramLines[] {
  const organizations = [...new Set(findings.map(({ organization }) => organization.uid))];
  return organizations.flatMap((organization) =>
    kinds.flatMap((kind): ProgramLines[] => {
      const own = findings.filter((one) => one.organization.uid === organization && one.import?.type === typeOf(kind));
      const lines = own.map((finding) => resourceLine(kind, finding));
      if (lines.length === 0) return [];
      const present = managed.filter((one) => one.kind === kind && one.organizationUid === organization);
      const place = present.map(({ urn }) => places.inProgram(urn)).findLast((one) => one !== undefined);
      return [{ kind, organization, place, lines: lines.join("") }];
    }),
  );
}

function resourceLine(
  kind: (typeof kinds)[number],
  { organization, team, role, import: entry, ...rest }: Finding,
): string {
  const who = whoOf(rest);
  const person = { ...(who && { [who.by]: who.name }), role: role ?? "member" };
  const inputs: Record<string, string> =
    kind === "Team"
      ? { organization: organization.uid, name: team!.name ?? "", adopt: team!.slug ?? team!.uid }
      : kind === "TeamMembership"
        ? { team: joinId(organization.uid, team!.uid), ...person }
        : { organization: organization.uid, ...person };
  const properties = Object.entries(inputs).map(([name, value]) => `${name}: ${literal(value)}`);
  return `new ${kind}(${literal(entry!.name)}, { ${properties.join(", ")} });\n`;
}
