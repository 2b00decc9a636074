import * as pulumi from "@pulumi/pulumi";
import type { Provider } from "../resources/provider.js";
import type { Query } from "./query.js";

/** The plain form of a function: its arguments are known, and the result is a promise. */
export function ask<Args, Result>(
  query: Query<Args, Result>,
  args: Args,
  opts: pulumi.InvokeOptions = {},
): Promise<Result> {
  return connected(answer(query, args, providerOf(opts)));
}

/**
 * The Output form: waits for its arguments, for the resources of the arguments and for `dependsOn`. If one of these
 * does not exist yet, the result is unknown and no request is sent.
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
  // A failure is reported where the Output is used.
  connected(internals(answered).isKnown).catch(() => undefined);
  return answered as pulumi.Output<Result>;
}

/** A program that only declares never gets here, and loads neither the client nor undici. */
async function answer<Args, Result>(query: Query<Args, Result>, args: Args, provider: Provider | undefined) {
  const { serve } = require("./serve.js") as typeof import("./serve.js");
  return serve(query, args, provider);
}

/** Keeps the engine listening until the result is there: the program may create resources from it. */
async function connected<T>(answered: Promise<T>): Promise<T> {
  const done = pulumi.runtime.rpcKeepAlive();
  try {
    return await answered;
  } finally {
    done();
  }
}

/** The provider of the options, or else the provider that resources with this parent would get. */
function providerOf({ provider, parent }: pulumi.InvokeOptions): Provider | undefined {
  return (provider ?? parent?.getProvider("pulumi-nodejs:dynamic:Resource")) as Provider | undefined;
}

/** The key is a secret; results that are read with it are not. */
function settingsOf(provider: Provider | undefined): pulumi.Output<unknown> {
  return pulumi.unsecret(pulumi.output(provider?.__settings));
}

function idOf(value: unknown): unknown {
  return pulumi.CustomResource.isInstance(value) ? value.id : value;
}

/**
 * Known as soon as the resources that a value comes from exist. The value itself may be known before: the name of a
 * team is known in the preview of its creation, and a request for that team would fail.
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

/** A component exists as soon as all resources in it exist. */
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

/** Fields that are not in the SDK's types, but by which its different versions recognise outputs and resources. */
interface OutputInternals {
  isKnown: Promise<boolean>;
  allResources(): Promise<Set<pulumi.Resource>>;
}

interface ComponentInternals {
  __data?: Promise<unknown>;
  __childResources?: Iterable<pulumi.Resource>;
}

const internals = (output: pulumi.Output<unknown>) => output as unknown as OutputInternals;
