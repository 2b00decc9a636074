import * as pulumi from "@pulumi/pulumi";

/** The id of a resource, or the text that names it: ids stay known in previews. */
export function idOf<T>(reference: T | pulumi.CustomResource): T | pulumi.Output<pulumi.ID> {
  return pulumi.CustomResource.isInstance(reference) ? reference.id : reference;
}

/** A text as soon as it is known; `undefined` while it is not, as in the preview of what does not exist yet. */
export function knownValue(value: unknown): Promise<string | undefined> {
  const output = pulumi.output(value) as unknown as { promise(): Promise<unknown>; isKnown: Promise<boolean> };
  return output.isKnown.then(async (isKnown) => {
    const known = isKnown ? await output.promise() : undefined;
    return typeof known === "string" ? known : undefined;
  });
}
