import * as pulumi from "@pulumi/pulumi";

/** The id of a resource, or the text that names it: ids stay known in previews. */
export function idOf<T>(reference: T | pulumi.CustomResource): T | pulumi.Output<pulumi.ID> {
  return pulumi.CustomResource.isInstance(reference) ? reference.id : reference;
}
