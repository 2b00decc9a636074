import { providerOf } from "../pulumi/urn.js";
import { secretText } from "../pulumi/values.js";
import { resolveSettings } from "../../provider/lifecycle/runtime/settings.js";
import { isUnknown } from "../../provider/core/unknown.js";
import type { Observer } from "../../provider/lifecycle/observer.js";
import type { Snapshot } from "../../provider/snapshot/index.js";
import { commandSettings, openSession, type Session } from "../session.js";
import type { ImportInvocation } from "./options.js";
import type { PreviewedStep } from "../pulumi/engine.js";

/** The service as the key of one provider sees it. */
export interface Deployment {
  snapshot: Snapshot;
  observer: Observer;
  /** The provider's own key; otherwise the command's key stands in for one that only the program knows. */
  ownKey: boolean;
}

/** The service by each provider of a program: the default one, and explicit ones, whose keys are their own. */
export class Deployments {
  readonly #invocation: ImportInvocation;
  readonly #steps: ReadonlyMap<string, PreviewedStep>;
  readonly #opened = new Map<string, Promise<Deployment>>();
  readonly #sessions: Session[] = [];

  constructor(invocation: ImportInvocation, steps: readonly PreviewedStep[]) {
    this.#invocation = invocation;
    this.#steps = new Map(steps.map((step) => [step.urn, step]));
  }

  /**
   * The service by the provider of a resource, read once for all that have the same.
   * @param reference `<urn>::<id>` of the provider
   */
  of(reference: string | undefined): Promise<Deployment> {
    const urn = providerOf(reference);
    const inputs = this.#steps.get(urn)?.newState?.inputs;
    const key = inputs?.["avala:explicit"] === undefined ? "" : urn;
    const opened = this.#opened.get(key) ?? (key === "" ? this.#default(true) : this.#explicit(inputs!));
    this.#opened.set(key, opened);
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map(({ client }) => client.close()));
  }

  async #default(ownKey: boolean): Promise<Deployment> {
    return this.#open(await commandSettings(this.#invocation), ownKey);
  }

  async #explicit(inputs: Readonly<Record<string, unknown>>): Promise<Deployment> {
    const { environment } = this.#invocation;
    const given = (key: string) => {
      const value = inputs[key];
      return typeof value === "string" && value !== secretText && !isUnknown(value) ? value : undefined;
    };
    if (inputs["avala:apiKeyEnv"] !== undefined || given("avala:apiKey") !== undefined)
      return this.#open(
        resolveSettings((name) => environment[name], given),
        true,
      );
    // A preview shows no secrets. The command's key may be the same; only where it is sent is known to be right.
    const settings = await commandSettings(this.#invocation);
    const own = resolveSettings(
      (name) => environment[name],
      (key) => (key === "avala:apiKey" ? settings.client.apiKey : given(key)),
    );
    if (own.client.baseUrl !== settings.client.baseUrl) throw new HiddenKeyError();
    return this.#open(settings, false);
  }

  #open(settings: Parameters<typeof openSession>[1], ownKey: boolean): Deployment {
    const session = openSession(this.#invocation.terminal, settings);
    this.#sessions.push(session);
    const snapshot = session.loadSnapshot();
    return { snapshot, observer: session.observer(snapshot), ownKey };
  }
}

/** The key of an explicit provider is not known, and no other key may be sent to its deployment. */
export class HiddenKeyError extends Error {}
