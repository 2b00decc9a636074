const site = "https://avala-ai.github.io/pulumi-avala/";

/**
 * The pages that messages name, as addresses: the package contains no documentation. Anchors are
 * those of GitHub.
 */
export const pages = {
  start: site,
  firstProgram: `${site}start/first-program`,
  driftRules: `${site}guides/drift#rules`,
  vanishedOrganization: `${site}guides/recovery#an-organization-has-vanished`,
  commands: `${site}reference/commands`,
  errors: `${site}reference/errors`,
  contract: `${site}internals/contract`,
} as const;

/** The section of a command of the command line. */
export const commandPage = (name: string): string => `${pages.commands}#${name}`;
