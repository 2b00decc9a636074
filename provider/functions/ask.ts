import * as pulumi from "@pulumi/pulumi";
import type { Provider } from "../resources/provider.js";
import type { Query } from "./query.js";

/** The plain form of a function: its arguments are known, and the answer is a promise. */
export function ask<Args, Result>(
  query: Query<Args, Result>,
  args: Args,
  opts: pulumi.InvokeOptions = {},
): Promise<Result> {
  return connected(answer(query, args, providerOf(opts)));
}

/**
 * The Output form: waits for its arguments, for the resources they come from and for `dependsOn`. While one of them is
 * yet to be made, the answer is unknown and nothing is asked.
 */
export function askOutput<Args, Result>(
  query: Query<Args, Result>,
  args: { [Name in keyof Args]?: unknown },
  opts: pulumi.InvokeOutputOptions = {},
): pulumi.Output<Result> {
  const named = Object.entries(args).map(([name, value]) => [name, idOf(value)]);
  const given: pulumi.Output<unknown> = pulumi.output(Object.fromEntries(named));
  const provider = providerOf(opts);
  const before = pulumi.output(opts.dependsOn).apply((resources) => idsOf([resources ?? []].flat()));
  const waited = [sourcesOf(given), before, settingsOf(provider)];
  const answered = pulumi.all([given, ...waited]).apply(([known]) => answer(query, known as Args, provider));
  // Whoever uses the Output is told of a failure.
  connected(internals(answered).isKnown).catch(() => undefined);
  return answered as pulumi.Output<Result>;
}

/** A program that only declares never gets here, and loads neither the client nor undici. */
async function answer<Args, Result>(query: Query<Args, Result>, args: Args, provider: Provider | undefined) {
  const { serve } = require("./serve.js") as typeof import("./serve.js");
  return serve(query, args, provider);
}

/** Keeps the engine listening until the answer is there: the program may make resources of it. */
async function connected<T>(answered: Promise<T>): Promise<T> {
  const done = pulumi.runtime.rpcKeepAlive();
  try {
    return await answered;
  } finally {
    done();
  }
}

/** The provider of the options, else the one that resources of this parent would get. */
function providerOf({ provider, parent }: pulumi.InvokeOptions): Provider | undefined {
  return (provider ?? parent?.getProvider("pulumi-nodejs:dynamic:Resource")) as Provider | undefined;
}

/** Its key is a secret; the answers that it gives access to are none. */
function settingsOf(provider: Provider | undefined): pulumi.Output<unknown> {
  return pulumi.unsecret(pulumi.output(provider?.__settings));
}

function idOf(value: unknown): unknown {
  return pulumi.CustomResource.isInstance(value) ? value.id : value;
}

/**
 * Known once the resources that a value comes from are there. The value may be known before, as the name of a team that
 * the preview is about to make is, and asking for that team would fail.
 */
function sourcesOf(value: pulumi.Output<unknown>): pulumi.Output<unknown> {
  return pulumi.output(internals(value).allResources().then(idsOf));
}

function idsOf(resources: Iterable<pulumi.Resource>) {
  return pulumi.output(
    withChildren(resources).then((found) =>
      [...found].flatMap((resource) => (pulumi.CustomResource.isInstance(resource) ? resource.id : [])),
    ),
  );
}

/** A component is there once everything inside is. */
async function withChildren(resources: Iterable<pulumi.Resource>, found = new Set<pulumi.Resource>()) {
  for (const resource of resources) {
    if (found.has(resource)) continue;
    found.add(resource);
    if (!pulumi.ComponentResource.isInstance(resource)) continue;
    const component = resource as unknown as ComponentInternals;
    await component.__data;
    await withChildren(component.__childResources ?? [], found);
  }
  return found;
}

/** Fields that the SDK keeps out of its types, and that outputs and resources of its different versions know each other by. */
interface OutputInternals {
  isKnown: Promise<boolean>;
  allResources(): Promise<Set<pulumi.Resource>>;
}

interface ComponentInternals {
  __data?: Promise<unknown>;
  __childResources?: Iterable<pulumi.Resource>;
}

const internals = (output: pulumi.Output<unknown>) => output as unknown as OutputInternals;
