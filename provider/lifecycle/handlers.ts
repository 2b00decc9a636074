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

/** Pulumi's calls, made of the four verbs of a kind. */
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

/** Notes what a declaration stands for; what another one names in the same words is refused. */
function claim<Seen>(lifecycle: Lifecycle<Seen>, run: Run, inputs: Properties, creating: boolean): void {
  const address = addressOf(inputs);
  const claims = lifecycle.claims(inputs, creating);
  if (creating) lifecycle.announce?.(run, inputs);
  if (creating && !lifecycle.naturalKey) run.claims.retractLiving(address);
  // Also where it stands for nothing yet: that it was checked tells an update from a destroy.
  run.claims.claim(address, [...claims, { key: checkedKey(digestOf(address)), shared: true }]);
  if (inputs["forceDestroy"] === true && address !== "") run.forced.add(address);
  for (const { key, shared } of claims) {
    if (shared || address === "") continue;
    const other = run.claims.claimants(key, key).find((claimant) => claimant.address !== digestOf(address));
    if (other !== undefined) throw declaredTwice(run, address, other.address, textOfKey(key));
  }
}

/** A key as users may read it: "person acme ada@example.com" is a person of acme. */
function textOfKey(key: string): string {
  const [kind, scope, ...name] = key.split(" ");
  if (kind === "organization") return `organization ${scope!}`;
  if (kind === "team") return `team ${name.join(" ")} of organization ${scope!}`;
  return kind === "roster" ? `all people of team ${scope!}` : `${quoted(name.join(" "), 254)} in ${scope!}`;
}

/** @param before inputs or state that have the name until now */
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
  // An identity that cannot be looked up is an error: another person, organization or team must not pass for the same one.
  const replaces = await lifecycle.replaced(run, target);
  // What is not known yet tells nothing of the next step.
  if (replaces.length > 0 || hasUnknown(inputs)) return { changes: true, replaces };
  await lifecycle.refuseInputs?.(run, target);
  claimRecorded(lifecycle, run, target);
  const step = await (lifecycle.hasPendingStep?.(run, target) ?? Promise.resolve(false)).catch(
    warnNotLookedUp(run, false),
  );
  return { changes: step || changed.length > 0 || hasNewAddress(target), replaces };
}

/** The same person by a new address: recorded, so that state says by which name they are declared, and asks no more. */
function hasNewAddress({ inputs, state }: Recorded): boolean {
  const [now, before] = [inputs["email"], state["email"]];
  return "userUid" in state && now !== undefined && before !== undefined && now !== before;
}

function hasUnknown(inputs: Properties): boolean {
  return Object.values(inputs).some(isUnknown);
}

/** In a refresh, and for those whom the engine might delete first, nothing has been checked: they declare nothing. */
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

/** A preview need not fail because the service cannot be asked right now: it says so and promises nothing. */
function warnNotLookedUp<T>(run: Run, instead: T): (error: unknown) => T {
  return (error) => {
    if (!(error instanceof AvalaError)) throw error;
    run.log.warn(`Could not look whether a step has become possible: ${error.message}`);
    return instead;
  };
}

async function write<Seen>(lifecycle: Lifecycle<Seen>, run: Run, target: Target) {
  const finish = () => run.renames.finish(addressOf(target.inputs));
  // A replaced resource keeps its name until it is deleted, after this.
  if (target.id === undefined) finish();
  try {
    return await carryOut(lifecycle, run, target);
  } finally {
    finish();
  }
}

/** Create and update: one flow. */
async function carryOut<Seen>(lifecycle: Lifecycle<Seen>, run: Run, given: Target) {
  const { schema } = lifecycle;
  requireReadable(schema, given.state);
  const target = announced(lifecycle, given);
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
    // What exists is recorded as it is shown, so that the next preview tells what is missing.
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

/** An update sends what its preview showed; what a broken-off step has left undone nobody has seen differently. */
function announced<Seen>({ schema }: Lifecycle<Seen>, target: Target): Target {
  if (target.id === undefined || isUnfinished(target.state)) return target;
  const changed = changedInputs(schema, declaredInputs(schema, target.state), target.inputs);
  return { ...target, changed: new Set([...changed, ...clearedIn(target.inputs)]) };
}

/** Refuses a second declaration of what a look has found, in spellings that only the service can tell to be the same. */
function claimSeen<Seen>(lifecycle: Lifecycle<Seen>, run: Run, target: Target, seen: Seen): void {
  const address = addressOf(target.inputs);
  for (const subject of lifecycle.subjects(seen, target)) {
    const key = subject.names[0]?.key;
    const living = !lifecycle.naturalKey && target.id !== undefined ? ({ living: true } as const) : {};
    if (key !== undefined) run.claims.claim(address, [{ key, uid: subject.uid, ...living }]);
    refuseTwice(run, subject, address);
  }
}

/** Enums of the service are open: a value that is new to this version is told and recorded, and is no failure. */
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

/** What a look finds of what is recorded, or of what a program asks for with `get`; nothing where it has gone. */
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
      `There is no ${lifecycle.schema.kind} with the id ${id}.`,
      "Check the id; its form is in the documentation of get.",
    );
  }
  warnUnknownValues(lifecycle, run, seen);
  const found = observedState(lifecycle.schema, props, lifecycle.toInputs(seen), outputsOf(lifecycle, seen, target));
  return { id: lifecycle.id(seen), ...found };
}

/** An id in state is well formed; one that a program wrote may be anything. */
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

/** `get` of something that is not there. */
class GetError extends AvalaError {
  readonly code = "AVALA_GET";
}

/**
 * The object exists but is not as declared. The engine keeps it in state and plans an update next time. It shows the
 * reasons, not the message; `__provider` has to be among the properties, or later calls cannot be made.
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

/** Waits for what was logged, and makes an expected error print as its message alone. */
async function withErrorPresentation<T>({ log }: Runtime, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw presented(error);
  } finally {
    await log.flush();
  }
}

/** What reaches the screen: uids and slugs in it came from the service, and are hostile text like any other. */
function messageOf(text: string, code: string | undefined): string {
  return stripped(code === undefined ? text : `${text} [${code}]`);
}

/** A fresh error: one failed list may have been the cause of many. */
function presented(error: unknown): unknown {
  if (![AvalaError, PartialFailure, EngineGoneError, NotPrivateError].some((kind) => error instanceof kind))
    return error;
  const { message, code, id, properties, reasons } = error as AvalaError & Partial<PartialFailure>;
  const shown = new Error(messageOf(message, code));
  // The host prints `${error}: ${error.stack}` beside what the engine shows of the message: once is enough.
  shown.toString = () => code ?? shown.name;
  shown.stack = "see the error of the resource";
  return id === undefined ? shown : Object.assign(shown, { id, properties, reasons });
}
