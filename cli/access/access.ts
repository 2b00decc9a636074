import { writeFile } from "node:fs/promises";
import { AvalaError } from "../../provider/core/errors.js";
import { canonicalUid } from "../../provider/core/identity.js";
import { printable, quoted } from "../../provider/core/text.js";
import { defineCommand, sharedOptions, type ExitCode, type Invocation } from "../command.js";
import { RefusedError, StackError, UsageError } from "../errors.js";
import { matrixHtml } from "../output/matrixHtml.js";
import { jsonText, plural } from "../output/terminal.js";
import { managedIn, type Managed } from "../pulumi/managed.js";
import { Mask } from "../pulumi/mask.js";
import { Places } from "../pulumi/places.js";
import { projectFolder } from "../pulumi/run.js";
import { findState, noState, stackIn, stateFile, stateOf } from "../pulumi/state.js";
import { withSession } from "../session.js";
import { changesSince } from "./changes.js";
import { csvOf } from "./csv.js";
import { livingOrganization, type LivingOrganization } from "./living.js";
import { domainOf, organizationReport, type Standards } from "./merge.js";
import { blank, recordedIn, withAddressesOfIds, type RecordedOrganization } from "./recorded.js";
import { accessesOf, findingNames, type FindingName, type Report } from "./report.js";
import { failures, lines, markdown, show } from "./show.js";
import { matrixOf } from "./view.js";

const options = {
  live: { type: "boolean", description: "Read the organizations from Avala as well; default: the state alone." },
  state: stateFile,
  "as-of": {
    type: "string",
    value: "<file or version>",
    description:
      "Report on an earlier state: a file, or a version of the stack (pulumi stack history; Pulumi Cloud alone exports versions). Not with --live.",
  },
  compare: {
    type: "string",
    value: "<file or version>",
    description: "Also report what has changed since this earlier state.",
  },
  "fail-on": {
    type: "string",
    multiple: true,
    value: "<finding>",
    description: `Exit 2 if the report has any of: ${findingNames.join(", ")}. A list with commas is allowed.`,
  },
  internal: {
    type: "string",
    multiple: true,
    value: "<domain>",
    description: "An email domain that is not external, beside those that the organization allows. May be repeated.",
  },
  markdown: { type: "boolean", description: "Print Markdown, for an issue." },
  html: { type: "boolean", description: "Print a self-contained HTML page." },
  csv: { type: "boolean", description: "Print CSV for a spreadsheet, with one row for each access." },
  out: { type: "string", value: "<file>", description: "Write the report to a file instead of stdout." },
  ...sharedOptions,
} as const;

type AccessInvocation = Invocation<typeof options>;

export const access = defineCommand({
  name: "access",
  summary: "List who has access to what, why, and until when.",
  operands: [
    { name: "[organization]", description: "Slug or uid; default: all organizations in the state", optional: true },
  ],
  options,
  about: [
    "Lists the people of an organization with their roles, teams, reasons, ends (validUntil), and the resources that declare them: as a table, Markdown, an HTML page with a matrix of people and teams, CSV, or JSON. Without --live it sends nothing, and shows what the stack's state records.",
    "With --live it reads the organizations from Avala, and also shows unmanaged people, the time since when people are members, and when they were last active, as far as the API key may see that. Nothing is changed in Avala or in the state.",
    "--fail-on makes the command a check: expired (access after its validUntil), no-reason (access without a reason), external (an address of a domain that is not internal), unmanaged (access that no resource declares). What is not known counts as a finding. The owner's role is neither unmanaged nor without a reason.",
  ],
  exitCodes: [["2", "the report has a finding of --fail-on"]],
  sends: [
    "nothing without --live",
    "with --live: GET /organizations/, and for each organization its detail, the lists of its members, invitations and teams, and the people of each team",
  ],
  examples: [
    "access",
    "access acme --live --html --out access.html",
    "access --live --csv > access.csv",
    "access --as-of 42 --compare march.json --markdown",
    "access --live --fail-on expired,unmanaged --internal example.com",
  ],
  run: runAccess,
});

const formats = ["json", "markdown", "html", "csv"] as const;
type Format = (typeof formats)[number] | "text";

async function runAccess(invocation: AccessInvocation): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const format = formatOf(options);
  const failOn = failOnOf(options["fail-on"]);
  const { managed, asOf, earlier, notes } = await statesOf(invocation);
  const mask = new Mask([...managed, ...(earlier ?? [])], new Set(), oursInReports);
  try {
    const found = await reportOn(invocation, managed, asOf, earlier);
    const report = mask.all({ ...found, notes: [...notes, ...found.notes] });
    for (const note of report.notes) terminal.note(note);
    const failed = failures(report, failOn);
    await publish(invocation, format, report);
    for (const message of failed) terminal.error(message);
    return failed.length > 0 ? 2 : 0;
  } catch (error) {
    if (error instanceof AvalaError) error.message = mask.text(error.message);
    throw error;
  }
}

/** Parts of a report that are ours, whatever they say. */
const oursInReports: ReadonlySet<string> = new Set([
  "kind",
  "role",
  "declaredRole",
  "status",
  "source",
  "findings",
  "since",
  "invitedUntil",
  "lastActiveAt",
  "asOf",
]);

function formatOf(options: AccessInvocation["options"]): Format {
  const given = formats.filter((name) => options[name]);
  if (given.length > 1)
    throw new UsageError(
      `${given.map((name) => `--${name}`).join(" and ")} cannot be combined.`,
      "Run the command once for each.",
    );
  return given[0] ?? "text";
}

function failOnOf(given: readonly string[]): FindingName[] {
  const names = given.flatMap((text) => text.split(",")).map((name) => name.trim());
  const unknown = names.find((name) => !(findingNames as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--fail-on does not know ${quoted(unknown)}.`, `Pass any of ${findingNames.join(", ")}.`);
  return names as FindingName[];
}

interface States {
  managed: Managed[];
  asOf: Date;
  /** The state to compare with. */
  earlier: Managed[] | undefined;
  notes: string[];
}

async function statesOf(invocation: AccessInvocation): Promise<States> {
  const { live, state, "as-of": then, compare, stack, cwd } = invocation.options;
  if (then !== undefined && (live || state !== undefined)) {
    throw new UsageError(
      `--as-of and ${live ? "--live" : "--state"} cannot be combined: one state is reported on.`,
      "Leave one of them out.",
    );
  }
  const notes = new Set<string>();
  const onSealed = (reason: string) =>
    notes.add(`Secret values are shown as [secret], because the state could not be decrypted: ${reason}`);
  const document =
    then === undefined
      ? await findState(invocation, { secrets: true, onSealed })
      : await stateOf(invocation, then, onSealed);
  const needsNone = live && invocation.operands[0] !== undefined && stack === undefined && cwd === undefined;
  if (document === undefined && !needsNone) throw noState("an organization with --live");
  const former = compare === undefined ? undefined : await stateOf(invocation, compare, onSealed);
  const [now, before] = [document, former].map((state) => (state === undefined ? undefined : stackIn(state)));
  if (now !== undefined && before !== undefined && now !== before)
    notes.add(`The states are not of one stack: the earlier one is of ${before}, this one of ${now}.`);
  return {
    notes: [...notes],
    managed: document === undefined ? [] : withAddressesOfIds(managedIn(document)),
    asOf: then === undefined ? new Date() : timeOf(document),
    earlier: former === undefined ? undefined : withAddressesOfIds(managedIn(former)),
  };
}

/** When a state was written; now where it does not tell. */
function timeOf(state: unknown): Date {
  const { deployment } = state as { deployment?: { manifest?: { time?: unknown } } };
  const time = new Date(String(deployment?.manifest?.time));
  return Number.isNaN(time.getTime()) ? new Date() : time;
}

async function reportOn(
  invocation: AccessInvocation,
  managed: readonly Managed[],
  asOf: Date,
  earlier: readonly Managed[] | undefined,
): Promise<Report> {
  const { options, operands } = invocation;
  const before = earlier && recordedIn(earlier);
  const recorded = withFormer(recordedIn(managed), before ?? []);
  const standards: Standards = {
    today: asOf.toISOString().slice(0, 10),
    internal: options.internal.map(domainOf),
    places: Places.in(projectFolder(invocation), undefined),
  };
  const found = options.live
    ? await liveOrganizations(invocation, recorded)
    : wantedAmong(recorded, operands[0]).map((one) => [one, undefined] as const);
  let uncompared = 0;
  const organizations = found.map(([one, living]) => {
    const report = organizationReport(one, living, standards);
    if (before === undefined) return report;
    const then = before.find(({ uid }) => uid === one.uid);
    const difference = changesSince(then && organizationReport(then, undefined, standards), report);
    uncompared += difference.uncompared;
    return { ...report, changes: difference.changes };
  });
  const notes = found.flatMap(([one, living]) => [...one.notes, ...(living?.notes ?? [])]);
  if (uncompared > 0)
    notes.push(`${plural(uncompared, "secret text")} not compared: one of the states contains it encrypted.`);
  if (
    failOnOf(options["fail-on"]).includes("external") &&
    organizations.some(({ internalDomains }) => internalDomains.length === 0)
  )
    notes.push("No internal domain is known, so everybody counts as external: pass --internal <domain>.");
  return { asOf: asOf.toISOString(), organizations, notes };
}

/** Also the organizations of the state to compare with that are not in this one: all access to them was lost. */
function withFormer(recorded: RecordedOrganization[], before: RecordedOrganization[]): RecordedOrganization[] {
  const known = new Set(recorded.map(({ uid }) => uid));
  const former = before.filter(({ uid }) => !known.has(uid));
  return [...recorded, ...former.map(({ uid, slug, name }) => ({ ...blank(uid), slug, name }))];
}

/** The organization of the state that was asked for; all of them where none was. */
function wantedAmong(recorded: RecordedOrganization[], reference: string | undefined): RecordedOrganization[] {
  if (reference === undefined) return recorded;
  const uid = canonicalUid(reference);
  const found = recorded.filter((one) => one.uid === uid || one.slug === reference);
  if (found.length > 0) return found;
  throw new RefusedError(
    `The state contains no organization ${quoted(reference)}; an organization that the stack does not declare is known by its uid alone.`,
    "Pass its uid, or --live to look the slug up in Avala.",
  );
}

async function liveOrganizations(
  invocation: AccessInvocation,
  recorded: RecordedOrganization[],
): Promise<(readonly [RecordedOrganization, LivingOrganization])[]> {
  const [reference] = invocation.operands;
  return withSession(invocation, async (session) => {
    const snapshot = session.loadSnapshot();
    const wanted =
      reference === undefined
        ? recorded.map(({ uid }) => uid)
        : [canonicalUid(reference) ?? (await snapshot.organization(reference)).uid];
    return Promise.all(
      wanted.map(
        async (uid) =>
          [recorded.find((one) => one.uid === uid) ?? blank(uid), await livingOrganization(snapshot, uid)] as const,
      ),
    );
  });
}

async function publish({ options, terminal }: AccessInvocation, format: Format, report: Report): Promise<void> {
  const { out } = options;
  if (out !== undefined) {
    const text = written(format, report, Infinity);
    return writeFile(out, text).catch((error: NodeJS.ErrnoException) => {
      throw new StackError(`${quoted(out)} cannot be written (${printable(error.code ?? "")}).`, "Check the path.");
    });
  }
  if (format === "json") terminal.json(report);
  else if (format === "csv") terminal.raw(csvOf(report));
  else if (format === "text") show(report, terminal);
  else terminal.result(written(format, report, terminal.width).trimEnd());
}

function written(format: Format, report: Report, width: number): string {
  switch (format) {
    case "json":
      return `${jsonText(report, 2)}\n`;
    case "csv":
      return csvOf(report);
    case "html":
      return matrixHtml({
        title: "Access",
        about: aboutOf(report),
        notes: report.notes,
        matrices: report.organizations.map(matrixOf),
      });
    case "markdown":
      return `${markdown(report).join("\n")}\n`;
    default:
      return `${lines(report, width)
        .map(({ text }) => text)
        .join("\n")}\n`;
  }
}

function aboutOf({ asOf, organizations }: Report): string {
  const isLive = organizations.some(({ source }) => source === "service");
  const people = organizations.reduce(
    (sum, one) => sum + one.people.filter((person) => accessesOf(person).length > 0).length,
    0,
  );
  return `Who has access to what, why, and until when: ${people} people, ${isLive ? "as Avala shows them and the state declares them" : "as the state of the stack records them"}, ${asOf.slice(0, 16).replace("T", " ")} UTC.`;
}
