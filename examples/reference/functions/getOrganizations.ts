import { getOrganizationsOutput } from "pulumi-avala";

export const slugs = getOrganizationsOutput().apply((organizations) => organizations.map(({ slug }) => slug));
