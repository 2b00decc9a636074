import { AvalaError } from "../core/errors.js";
import { OutcomeUnknownError, OrganizationVanishedError } from "../snapshot/index.js";
import { digestOf } from "../core/notes.js";
import { NotPrivateError } from "../core/privateFolder.js";
import { addressFault } from "../core/address.js";
import { canonicalUid } from "../core/identity.js";
import { inputsWhere, isNewValue, type Failure, type ResourceSchema } from "../schema/index.js";
import { quoted, stripped } from "../core/text.js";
import { hiddenProperties } from "../policy/hiddenState.js";
import { addressOf, declaredTwice, refuseTwice } from "./runtime/handOver.js";
import { isUnknown } from "../core/unknown.js";
import { changedInputs, checkInputs, clearedIn, type Properties } from "./inputs.js";
import { UnfinishedError, type Lifecycle, type Recorded, type Target } from "./lifecycle.js";
import { checkedKey } from "./runtime/claims.js";
import type { Run } from "./runtime/run.js";
import type { Runtime } from "./runtime/runtime.js";
import {
  declaredInputs,
  harmless,
  isRecorded,
  isUnfinished,
  observedState,
  recordedState,
  requireReadable,
  withRecordedTimes,
} from "./state.js";
import { EngineGoneError } from "./runtime/watchdog.js";

/** The calls of a dynamic resource, in plain objects. */
export interface Handlers {
  configure(request: { config: { get(key: string): string | undefined } }): void;
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<{ changes: boolean; replaces: string[] }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

/** The handlers of a kind, which map Pulumi's calls to `observe`, `ensure`, `sync` and `remove` of its lifecycle. */
export function handlersOf<Seen>(lifecycle: Lifecycle<Seen>, runtime: Runtime): Handlers {
  const present = <T>(call: () => Promise<T>) => withErrorPresentation(runtime, call);
  return {
    configure: ({ config }) => runtime.configure((key) => config.get(key)),
    check: (olds, news) => present(async () => check(lifecycle, runtime, olds, news)),
    diff: (id, olds, news) => present(() => diff(lifecycle, runtime.run, { id, inputs: news, state: olds })),
    create: (inputs) => present(() => write(lifecycle, runtime.run, { inputs, state: {} })),
    read: (id, props) => present(() => read(lifecycle, runtime.run, id, props)),
    update: (id, olds, news) => present(() => write(lifecycle, runtime.run, { id, inputs: news, state: olds })),
    delete: (id, props) => present(() => remove(lifecycle, runtime.run, { id, inputs: props, state: props })),
  };
}

function check<Seen>(lifecycle: Lifecycle<Seen>, runtime: Runtime, olds: Properties, news: Properties) {
  const checked = checkInputs(lifecycle.schema, olds, news);
  if (checked.failures.length > 0) return checked;
  try {
    announceRename(lifecycle, runtime.run, checked.inputs, olds);
    claim(lifecycle, runtime.run, checked.inputs, Object.keys(olds).length === 0);
  } catch (error) {
    if (!(error instanceof AvalaError)) throw error;
    checked.failures.push({ property: "", reason: `${error.message} [${error.code}]` });
  }
  return checked;
}

/** Records the objects that a declaration manages. Refuses one that another declaration names in the same way. */
function claim<Seen>(lifecycle: Lifecycle<Seen>, run: Run, inputs: Properties, creating: boolean): void {
  const address = addressOf(inputs);
  const claims = lifecycle.claims(inputs, creating);
  if (creating) lifecycle.announce?.(run, inputs);
  if (creating && !lifecycle.naturalKey) run.claims.retractLiving(address);
  // Recorded also if the object is unknown: a checked resource distinguishes an update from a destroy.
  run.claims.claim(address, [...claims, { key: checkedKey(digestOf(address)), shared: true }]);
  if (inputs["forceDestroy"] === true && address !== "") run.forced.add(address);
  for (const { key, shared } of claims) {
    if (shared || address === "") continue;
    const other = run.claims.claimants(key, key).find((claimant) => claimant.address !== digestOf(address));
    if (other !== undefined) throw declaredTwice(run, address, other.address, textOfKey(key));
  }
}

/** A key in a form for messages: "person acme ada@example.com" becomes "ada@example.com" in acme. */
function textOfKey(key: string): string {
  const [kind, scope, ...name] = key.split(" ");
  if (kind === "organization") return `organization ${scope!}`;
  if (kind === "team") return `team ${name.join(" ")} of organization ${scope!}`;
  return kind === "roster" ? `all people of team ${scope!}` : `${quoted(name.join(" "), 254)} in ${scope!}`;
}

/** @param before inputs or state with the current name */
function announceRename<Seen>(
  { naturalKey, schema }: Lifecycle<Seen>,
  run: Run,
  inputs: Properties,
  before: Properties,
) {
  if (!naturalKey && inputs["name"] !== before["name"]) {
    run.renames.announce(addressOf(inputs), schema.kind, before["name"]);
  }
}

async function diff<Seen>(lifecycle: Lifecycle<Seen>, run: Run, target: Recorded) {
  announceRename(lifecycle, run, target.inputs, target.state);
  const finish = () => run.renames.finish(addressOf(target.inputs));
  try {
    const difference = await differences(lifecycle, run, target);
    if (!difference.changes) finish();
    return difference;
  } catch (error) {
    finish();
    throw error;
  }
}

async function differences<Seen>(lifecycle: Lifecycle<Seen>, run: Run, target: Recorded) {
  const { inputs, state } = target;
  requireReadable(lifecycle.schema, state);
  lifecycle.learn?.(run, target);
  const declared = declaredInputs(lifecycle.schema, state);
  const changed = changedInputs(lifecycle.schema, declared, inputs);
  // If an identity cannot be looked up, this throws: a different object must not be treated as the same one.
  const replaces = await lifecycle.replaced(run, target);
  // With unknown inputs, the next step is unknown too.
  if (replaces.length > 0 || hasUnknown(inputs)) return { changes: true, replaces };
  await lifecycle.refuseInputs?.(run, target);
  claimRecorded(lifecycle, run, target);
  const step = await (lifecycle.hasPendingStep?.(run, target) ?? Promise.resolve(false)).catch(
    warnNotLookedUp(run, false),
  );
  return { changes: step || changed.length > 0 || hasNewAddress(target), replaces };
}

/** The same person is declared by a new address: it is recorded, so that later runs need no lookup. */
function hasNewAddress({ inputs, state }: Recorded): boolean {
  const [now, before] = [inputs["email"], state["email"]];
  return "userUid" in state && now !== undefined && before !== undefined && now !== before;
}

function hasUnknown(inputs: Properties): boolean {
  return Object.values(inputs).some(isUnknown);
}

/**
 * Records the objects that a checked resource manages, with their recorded uids. In a refresh, and before a deletion
 * that the engine does first, the resource has not been checked, so it does not count as a declaration.
 */
function claimRecorded<Seen>(lifecycle: Lifecycle<Seen>, run: Run, target: Recorded): void {
  const address = addressOf(target.inputs);
  if (address === "" || !run.claims.hasCheckedAddress(digestOf(address))) return;
  const claims = lifecycle.recordedClaims(target);
  run.claims.claim(address, claims);
  for (const { key, uid, shared } of claims) {
    if (shared) continue;
    const others = run.claims.claimants(key, uid ?? key);
    const other = others.find((claimant) => claimant.address !== digestOf(address) && claimant.uid !== "other");
    if (other !== undefined) throw declaredTwice(run, address, other.address, textOfKey(uid ?? key));
  }
}

/** If the service cannot be read now, a preview does not fail: it logs a warning and shows no next step. */
function warnNotLookedUp<T>(run: Run, instead: T): (error: unknown) => T {
  return (error) => {
    if (!(error instanceof AvalaError)) throw error;
    run.log.warn(`Could not look whether a step has become possible: ${error.message}`);
    return instead;
  };
}

async function write<Seen>(lifecycle: Lifecycle<Seen>, run: Run, target: Target) {
  const finish = () => run.renames.finish(addressOf(target.inputs));
  // The replaced resource keeps its name until its deletion, which comes after this creation.
  if (target.id === undefined) finish();
  try {
    return await carryOut(lifecycle, run, target);
  } finally {
    finish();
  }
}

/** Create and update. */
async function carryOut<Seen>(lifecycle: Lifecycle<Seen>, run: Run, given: Target) {
  const { schema } = lifecycle;
  requireReadable(schema, given.state);
  const target = withChangedInputs(lifecycle, given);
  let seen = await lifecycle.observe(run, target);
  if (seen !== undefined) {
    claimSeen(lifecycle, run, target, seen);
    warnUnknownValues(lifecycle, run, seen);
  }
  let exists = false;
  try {
    seen = await lifecycle.ensure(run, target, seen);
    exists = !lifecycle.naturalKey;
    if (exists) claimSeen(lifecycle, run, target, seen);
    seen = await lifecycle.sync(run, target, seen);
  } catch (error) {
    const unfinished = error instanceof UnfinishedError;
    const outcomeUnknown = lifecycle.naturalKey
      ? error instanceof OutcomeUnknownError
      : exists && target.id === undefined;
    const reached = unfinished ? (error.seen as Seen) : seen;
    if (reached === undefined || !(unfinished || outcomeUnknown)) throw error;
    // An existing object is recorded as the service shows it, so that the next preview shows what is missing.
    const inputs = { ...target.inputs, ...(exists ? known(lifecycle.toInputs(reached), target.inputs) : {}) };
    const state = {
      ...recordedState(schema, inputs, outputsOf(lifecycle, reached, target)),
      ...hiddenProperties({ isUnfinished: true }),
    };
    throw new PartialFailure(lifecycle.id(reached), state, target.inputs, error);
  }
  const outs = recordedState(schema, target.inputs, outputsOf(lifecycle, seen, target), lifecycle.toInputs(seen));
  return { id: lifecycle.id(seen), outs };
}

function outputsOf<Seen>(lifecycle: Lifecycle<Seen>, seen: Seen, target: Target): Properties {
  return withRecordedTimes(target.state, lifecycle.outputs(seen, target));
}

/** An update sends the changes that its preview showed. After an interrupted step, it sends every difference. */
function withChangedInputs<Seen>({ schema }: Lifecycle<Seen>, target: Target): Target {
  if (target.id === undefined || isUnfinished(target.state)) return target;
  const changed = changedInputs(schema, declaredInputs(schema, target.state), target.inputs);
  return { ...target, changed: new Set([...changed, ...clearedIn(target.inputs)]) };
}

/** Refuses a second declaration of an observed object, also one in a spelling that only the service can resolve. */
function claimSeen<Seen>(lifecycle: Lifecycle<Seen>, run: Run, target: Target, seen: Seen): void {
  const address = addressOf(target.inputs);
  for (const subject of lifecycle.subjects(seen, target)) {
    const key = subject.names[0]?.key;
    const living = !lifecycle.naturalKey && target.id !== undefined ? ({ living: true } as const) : {};
    if (key !== undefined) run.claims.claim(address, [{ key, uid: subject.uid, ...living }]);
    refuseTwice(run, subject, address);
  }
}

/**
 * Enums of the service are open: a value that is new to this version is recorded with a warning, and is not an error.
 */
function warnUnknownValues<Seen>({ schema, toInputs: shown, id }: Lifecycle<Seen>, run: Run, seen: Seen): void {
  for (const [name, value] of Object.entries(shown(seen))) {
    const field = schema.inputs[name];
    if (field === undefined || typeof value !== "string" || !isNewValue(field, value)) continue;
    run.log.warn(
      `Avala answers ${quoted(value)} for ${name} of ${schema.kind} ${quoted(id(seen), 160)}, which this version does not know.`,
    );
  }
}

function known(shown: Properties, inputs: Properties): Properties {
  const declared = Object.entries(shown).filter(([name, value]) => name in inputs && value !== undefined);
  return harmless(Object.fromEntries(declared));
}

/**
 * Reads a recorded resource, or an object that a program passes to `get`; `{}` if a recorded one does not exist any
 * more.
 */
export async function read<Seen>(lifecycle: Lifecycle<Seen>, run: Run, id: string, props: Properties) {
  requireReadable(lifecycle.schema, props);
  if (!isRecorded(props)) requireForm(lifecycle.schema, id);
  const target: Target = { id, inputs: props, state: props, refreshing: true };
  const seen = await lifecycle.observe(run, target).catch((error: unknown) => {
    if (isAssumedDeleted(run, error)) return undefined;
    throw error;
  });
  if (seen === undefined) {
    if (isRecorded(props)) return {};
    throw new GetError(
      `No ${lifecycle.schema.kind} with the id ${id} was found.`,
      "Check the id; its form is in the documentation of get.",
    );
  }
  warnUnknownValues(lifecycle, run, seen);
  const found = observedState(lifecycle.schema, props, lifecycle.toInputs(seen), outputsOf(lifecycle, seen, target));
  return { id: lifecycle.id(seen), ...found };
}

/** Checks the id that a program passes to `get`; ids in the state are well formed. */
function requireForm(schema: ResourceSchema, id: string): void {
  const { kind, id: form } = schema;
  const count = form.split("/").length;
  const parts = id.split("/");
  const isWhole = parts.length >= count && parts.slice(0, count).every(Boolean);
  const namesPerson = inputsWhere(schema, ({ identity }) => identity === "person").length > 0;
  // An address, always last, may contain more slashes.
  const fault = isWhole && namesPerson ? personFault(parts.slice(count - 1).join("/")) : undefined;
  if (isWhole && fault === undefined) return;
  const why = fault === undefined ? "" : ` As an email address, ${fault}.`;
  throw new GetError(`${quoted(id, 320)} is not the id of a ${kind}.${why}`, `It has the form ${form}.`);
}

function personFault(who: string): string | undefined {
  return canonicalUid(who) === undefined ? addressFault(who) : undefined;
}

async function remove<Seen>(lifecycle: Lifecycle<Seen>, run: Run, target: Recorded) {
  requireReadable(lifecycle.schema, target.state);
  lifecycle.noteLeaving?.(run, target);
  await lifecycle.remove(run, target).catch((error: unknown) => {
    if (!isAssumedDeleted(run, error)) throw error;
  });
}

function isAssumedDeleted(run: Run, error: unknown): boolean {
  return error instanceof OrganizationVanishedError && run.settings.assumeDeleted.has(error.organizationUid);
}

/** `get` of an object that does not exist, or with an invalid id. */
class GetError extends AvalaError {
  readonly code = "AVALA_GET";
}

/**
 * The object exists but is not as declared. The engine keeps it in the state and plans an update in the next run. The
 * engine shows the reasons, not the message. Without `__provider` in the properties, it could not call the handlers
 * again.
 */
class PartialFailure extends Error {
  readonly id: string;
  readonly properties: Properties;
  readonly reasons: string[];

  constructor(id: string, state: Properties, inputs: Properties, cause: unknown) {
    const { code } = (cause instanceof UnfinishedError ? cause.cause : cause) as { code?: string };
    const message = messageOf(cause instanceof Error ? cause.message : String(cause), code);
    super(message, { cause });
    this.id = id;
    this.properties = { ...state, __provider: inputs["__provider"] };
    this.reasons = [message];
  }
}

/** Waits until all log lines are delivered, and converts an expected error so that only its message is printed. */
async function withErrorPresentation<T>({ log }: Runtime, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw presented(error);
  } finally {
    await log.flush();
  }
}

/** The message as it is printed: uids and slugs in it come from the service, and are hostile text too. */
function messageOf(text: string, code: string | undefined): string {
  return stripped(code === undefined ? text : `${text} [${code}]`);
}

/** Returns a new error, because several resources may share the error of one failed list. */
function presented(error: unknown): unknown {
  if (![AvalaError, PartialFailure, EngineGoneError, NotPrivateError].some((kind) => error instanceof kind))
    return error;
  const { message, code, id, properties, reasons } = error as AvalaError & Partial<PartialFailure>;
  const shown = new Error(messageOf(message, code));
  // The host prints `${error}: ${error.stack}` in addition to the message that the engine shows.
  shown.toString = () => code ?? shown.name;
  shown.stack = "see the error of the resource";
  return id === undefined ? shown : Object.assign(shown, { id, properties, reasons });
}
