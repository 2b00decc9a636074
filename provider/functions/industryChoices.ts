import type * as pulumi from "@pulumi/pulumi";
import { ask, askOutput } from "./ask.js";
import { listQuery, type Read } from "./query.js";

/** An industry. */
export interface IndustryChoice {
  /** Value for `industry` of an Organization. */
  value: string;
  /** Name for display. */
  label: string;
}

const readChoices: Read<object, IndustryChoice[]> = (service) => service.client.organizations.industryChoices();
const industryChoices = listQuery("getIndustryChoices", readChoices);

/**
 * The industries that Avala accepts. They are the same for every organization.
 *
 * @example
 * ```ts
 * import { getIndustryChoicesOutput } from "pulumi-avala";
 *
 * export const industries = getIndustryChoicesOutput().apply((choices) => choices.map(({ value }) => value));
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getindustrychoices
 */
export function getIndustryChoices(opts?: pulumi.InvokeOptions): Promise<IndustryChoice[]> {
  return ask(industryChoices, {}, opts);
}

/**
 * As `getIndustryChoices`, for a provider or `dependsOn` that does not exist yet.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getindustrychoices
 */
export function getIndustryChoicesOutput(opts?: pulumi.InvokeOutputOptions): pulumi.Output<IndustryChoice[]> {
  return askOutput(industryChoices, {}, opts);
}
