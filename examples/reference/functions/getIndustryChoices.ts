import { getIndustryChoicesOutput } from "pulumi-avala";

export const industries = getIndustryChoicesOutput().apply((choices) => choices.map(({ value }) => value));
