import * as pulumi from "@pulumi/pulumi";

/** Where an explicit provider finds the service. */
export interface ProviderArgs {
  /** API key, kept as a secret. A plain refresh or destroy uses the one of the last `up`. Either this or `apiKeyEnv`. */
  apiKey?: pulumi.Input<string | undefined>;
  /**
   * Name of an environment variable that holds the key, such as `TENANT_AVALA_API_KEY`: letters, digits and underscores, with
   * `AVALA` in it or `_API_KEY` at its end; anything else is `AVALA_CONFIG`. Read in each run, so that a new key is used at once.
   */
  apiKeyEnv?: pulumi.Input<string | undefined>;
  /** Base URL of the deployment. Default: https://api.avala.ai/api/v1 */
  baseUrl?: pulumi.Input<string | undefined>;
  /** Allow http, to this machine only. Default: false */
  allowInsecureBaseUrl?: pulumi.Input<boolean | undefined>;
}

/**
 * Key and deployment for the resources that are given it by `{ provider }`: several keys, deployments or tenants in
 * one program. Key and base URL come from here alone; pace and guards (`AVALA_READ_ONLY`, `AVALA_MAX_REMOVALS`, …) still
 * come from the environment.
 *
 * @example
 * const tenant = new Provider("tenant", { apiKeyEnv: "TENANT_AVALA_API_KEY" });
 * new Organization("acme", { name: "Acme" }, { provider: tenant });
 */
export class Provider extends pulumi.ProviderResource {
  /** @internal What functions find the service by: the settings, as stack configuration would hold them. */
  declare readonly __settings: pulumi.Output<Record<string, string | undefined>>;

  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const { apiKey, apiKeyEnv, baseUrl, allowInsecureBaseUrl } = args;
    const insecure = pulumi
      .output(allowInsecureBaseUrl)
      .apply((allow) => (allow === undefined ? undefined : `${allow}`));
    const settings = {
      "avala:explicit": "true",
      "avala:apiKey": apiKey === undefined ? undefined : pulumi.secret(apiKey),
      "avala:apiKeyEnv": apiKeyEnv,
      "avala:baseUrl": baseUrl,
      "avala:allowInsecureBaseUrl": allowInsecureBaseUrl === undefined ? undefined : insecure,
    };
    super("pulumi-nodejs", name, settings, opts);
    // Not enumerable: only functions look at it.
    Object.defineProperty(this, "__settings", { value: pulumi.output(settings) });
  }
}
