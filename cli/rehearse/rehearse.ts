import { defineCommand, type ExitCode, type Invocation } from "../command.js";
import { PreviewError, RefusedError, StackError, UsageError } from "../errors.js";
import { managedIn } from "../pulumi/managed.js";
import { previewOf, providerType, type Preview } from "../pulumi/preview.js";
import { exportedState, isInProject, parse, previewed } from "../pulumi/run.js";
import { readConfiguration, valuesOf } from "./configuration.js";
import { parseUrn } from "../pulumi/urn.js";
import type { Profile } from "../probe/profile.js";
import { profileOption, readProfile } from "../probe/profileFile.js";
import { textOf } from "../pulumi/values.js";
import { reports } from "../session.js";
import { publish, reportOptions, reportRequest, type ReportRequest } from "../review/publish.js";
import { counted, listed, named } from "../review/words.js";
import { approvedRehearsal, unapprovedOutcome } from "./approvedOutcome.js";
import { openCopy, type Copy } from "./copy.js";
import { credentialsOf } from "./credentials.js";
import { rehearsalOf, type Rehearsal } from "./outcome.js";
import { withSandbox, type Outcome, type Sandbox } from "./sandbox.js";

/** Which part of the program is carried out: as pulumi up takes them. */
const runOptions = {
  target: {
    type: "string",
    multiple: true,
    value: "<urn>",
    description: "As of pulumi up: change only this resource.",
  },
  "target-dependents": { type: "boolean", description: "As of pulumi up: also change what depends on these." },
  exclude: { type: "string", multiple: true, value: "<urn>", description: "As of pulumi up: leave this resource out." },
  "exclude-dependents": { type: "boolean", description: "As of pulumi up: also leave out what depends on these." },
  replace: { type: "string", multiple: true, value: "<urn>", description: "As of pulumi up: replace this resource." },
  refresh: { type: "boolean", description: "As of pulumi up: refresh the state first." },
  "continue-on-error": { type: "boolean", description: "As of pulumi up: go on after an error." },
} as const;

const options = {
  ...runOptions,
  ...profileOption("Let the copy behave like the deployment, as pulumi-avala probe --out has measured it."),
  ...reportOptions,
} as const;

type Options = typeof options;
type Request = ReportRequest<Rehearsal>;

/** Arguments of pulumi up, and those of its preview, which does not take the last one. */
function runArguments(given: Invocation<Options>["options"]): { preview: string[]; up: string[] } {
  const urns = (["target", "exclude", "replace"] as const).flatMap((name) =>
    given[name].flatMap((urn) => [`--${name}`, urn]),
  );
  const flags = (["target-dependents", "exclude-dependents", "refresh"] as const).filter((name) => given[name]);
  const preview = [...urns, ...flags.map((name) => `--${name}`)];
  return { preview, up: [...preview, ...(given["continue-on-error"] ? ["--continue-on-error"] : [])] };
}

export const rehearse = defineCommand({
  name: "rehearse",
  summary: "Carry out pulumi up on a copy, and report what happened.",
  operands: [],
  options,
  about: [
    "Reads the organizations that the program and its state name, loads them into a local copy of the service, copies the stack into a temporary folder, and carries out pulumi up there: with the real engine and the same program, but without Avala. Reports who gained and lost access, the emails and requests, and what is left to do, in the formats of review.",
    "Nothing is changed in Avala, in the stack or in the project, and no email is sent. The API key only needs to read. A change of another package's resources is refused before anything runs.",
  ],
  exitCodes: [
    ["2", "a limit exceeded, or the run on the copy failed"],
    ["130", "interrupted (Ctrl-C): nothing was changed"],
  ],
  sends: [
    "GET /users/me/  for each API key",
    "GET /organizations/, and of each organization its detail, teams, members and invitations",
    "GET /organizations/{slug}/teams/{team}/members/  of each team",
    "what pulumi preview reads",
  ],
  examples: [
    "rehearse",
    "rehearse --markdown --mask-emails",
    "rehearse --json --out rehearsal.json",
    "rehearse --approved rehearsal.json --max-removals 5",
    "rehearse --profile avala-profile.json",
  ],
  run: runRehearsal,
});

async function runRehearsal(invocation: Invocation<Options>): Promise<ExitCode> {
  const request = await reportRequest(invocation, approvedRehearsal);
  const { profile: file } = invocation.options;
  const profile = file === undefined ? undefined : await readProfile(file);
  if (!isInProject(invocation)) {
    throw new UsageError(
      "No Pulumi project in this folder or its parents.",
      "Change to the folder of a project, or pass --cwd <folder>.",
    );
  }
  const found = await rehearsed(invocation, request, profile);
  const { approved } = request;
  const exceeded = [...request.exceededBy(found), ...(approved ? unapprovedOutcome(found, approved) : [])];
  return publish(invocation, request, { ...found, exceeded });
}

async function rehearsed(
  invocation: Invocation<Options>,
  request: Request,
  profile: Profile | undefined,
): Promise<Rehearsal> {
  const { terminal, environment } = invocation;
  terminal.note("Running pulumi preview.");
  const document = parse(await previewed(invocation, runArguments(invocation.options).preview), "pulumi preview");
  const preview = previewOf(document);
  refuseOthers(preview);
  const config = await readConfiguration(invocation);
  const state = await exportedState(invocation, { secrets: true });
  const { credentials, unknown } = credentialsOf(environment, valuesOf(config), state, document);
  terminal.note("Reading the organizations.");
  const copy = await openCopy({
    credentials,
    organizations: organizationsIn(state, preview),
    profile: profile?.settings,
    onProgress: (text) => terminal.progress(text),
    reports: { ...reports(terminal), mostFirstTries: 1 },
  });
  try {
    const notes = unknown.map(
      (source) =>
        `${source}: its API key is not known before the run, so its resources cannot be carried out on the copy.`,
    );
    // Only the copy is written to.
    const stackTarget = { ...invocation, environment: { ...environment, AVALA_READ_ONLY: undefined } };
    let steps = 0;
    // Without names: the log of a job may be public.
    const onProgress = () => terminal.progress(`Running pulumi up on the copy: ${++steps} steps so far.`);
    const copied = { state, preview: document, config, rehearsalUrl: copy.url, onProgress };
    return await withSandbox(stackTarget, copied, (sandbox) =>
      carriedOut({ invocation, request, profile, preview, state, copy, sandbox, notes }),
    );
  } finally {
    await copy.close();
  }
}

interface Scene {
  invocation: Invocation<Options>;
  request: Request;
  profile: Profile | undefined;
  preview: Preview;
  state: unknown;
  copy: Copy;
  sandbox: Sandbox;
  notes: string[];
}

async function carriedOut(scene: Scene): Promise<Rehearsal> {
  const { invocation, request, profile, preview, state, copy, sandbox, notes } = scene;
  const { terminal } = invocation;
  terminal.note("Running pulumi up on the copy.");
  const args = runArguments(invocation.options);
  copy.mark();
  const outcome = await sandbox.up(args.up);
  const [requests, after, emails] = [copy.requests(), copy.states(), copy.emails()];
  const stateAfter = await sandbox.exported();
  if (outcome.code === 0) terminal.note("Running pulumi preview on the copy.");
  const next = outcome.code === 0 ? await nextPreview(sandbox) : {};
  return rehearsalOf({
    before: copy.before(),
    after,
    emails,
    requests,
    stateBefore: state,
    stateAfter,
    preview,
    left: next.preview,
    leftFailure: next.failure,
    failure: failureOf(outcome),
    warnings: outcome.warnings,
    notes: [...notes, ...copy.notes()],
    profile: profile && { date: profile.date },
    standards: request.standards,
  });
}

/** What a further run would do, all of the program: what this run was to replace, or was limited to, may be gone. */
async function nextPreview(sandbox: Sandbox): Promise<{ preview?: Preview; failure?: string }> {
  try {
    return { preview: previewOf(await sandbox.preview()) };
  } catch (error) {
    if (!(error instanceof StackError || error instanceof PreviewError)) throw error;
    return { failure: error.message };
  }
}

function failureOf({ code, errors }: Outcome): string[] {
  if (code === 0) return [];
  // The engine ends with an error of its own, that the update has failed.
  const ofResources = errors.filter(({ name }) => name !== "");
  const messages = (ofResources.length > 0 ? ofResources : errors).map(({ name, message }) =>
    name === "" ? message : `${name}: ${message}`,
  );
  return messages.length > 0 ? messages : [`pulumi up ended with exit code ${code}.`];
}

/** A rehearsal replaces Avala alone: resources of other packages would really be changed. */
function refuseOthers(preview: Preview): void {
  // An explicit Provider of ours is one of the engine's provider resources, which hold settings alone.
  const others = preview.others.filter(({ urn }) => parseUrn(urn).type !== providerType);
  if (others.length === 0) return;
  const names = others.slice(0, 5).map(({ op, urn }) => `${op} ${named(urn)}`);
  const more = others.length > 5 ? ` and ${others.length - 5} more` : "";
  throw new RefusedError(
    `The preview contains ${counted(others.length, "step", "steps")} of other packages, which a rehearsal would really carry out: ${listed(names)}${more}. Nothing was run.`,
    "Carry those steps out first, or move the people into a stack of their own (pulumi state move), and read the others' outputs by a StackReference.",
  );
}

/** Uids and slugs of the organizations that state and program name. */
function organizationsIn(state: unknown, { steps }: Preview): string[] {
  const declared = steps.flatMap(({ new: now }) => {
    const { organization, team, adopt } = now?.inputs ?? {};
    const own = now?.kind === "Organization" ? textOf(adopt) : undefined;
    return [textOf(organization), textOf(team)?.split("/")[0], own];
  });
  const recorded = managedIn(state).map(({ organizationUid }) => organizationUid);
  return [...new Set([...recorded, ...declared.filter((name) => name !== undefined)])];
}
