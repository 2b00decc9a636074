import type * as pulumi from "@pulumi/pulumi";
import { ask, askOutput } from "./ask.js";
import { listQuery, type Read } from "./query.js";

/** A line of business. */
export interface IndustryChoice {
  /** What `industry` of an Organization takes. */
  value: string;
  /** What people read. */
  label: string;
}

const readChoices: Read<object, IndustryChoice[]> = (service) => service.client.organizations.industryChoices();
const industryChoices = listQuery("getIndustryChoices", readChoices);

/**
 * The lines of business that the service knows. They are the same for every organization.
 *
 * @example
 * const industries = (await getIndustryChoices()).map(({ value }) => value);
 */
export function getIndustryChoices(opts?: pulumi.InvokeOptions): Promise<IndustryChoice[]> {
  return ask(industryChoices, {}, opts);
}

/** As `getIndustryChoices`, for a provider or `dependsOn` that is yet to be made. */
export function getIndustryChoicesOutput(opts?: pulumi.InvokeOutputOptions): pulumi.Output<IndustryChoice[]> {
  return askOutput(industryChoices, {}, opts);
}
