import * as pulumi from "@pulumi/pulumi";

/** The id of a resource, or the given text: ids remain known in previews. */
export function idOf<T>(reference: T | pulumi.CustomResource): T | pulumi.Output<pulumi.ID> {
  return pulumi.CustomResource.isInstance(reference) ? reference.id : reference;
}

/** A text as soon as it is known; `undefined` if it is unknown, such as an id in the preview of its creation. */
export function knownValue(value: unknown): Promise<string | undefined> {
  const output = pulumi.output(value) as unknown as { promise(): Promise<unknown>; isKnown: Promise<boolean> };
  return output.isKnown.then(async (isKnown) => {
    const known = isKnown ? await output.promise() : undefined;
    return typeof known === "string" ? known : undefined;
  });
}
