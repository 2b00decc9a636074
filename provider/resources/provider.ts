import * as pulumi from "@pulumi/pulumi";

/**
 * Key and deployment of an explicit provider.
 * @see https://avala-ai.github.io/pulumi-avala/reference/configuration#key-and-base-url
 */
export interface ProviderArgs {
  /**
   * API key, kept as a secret. `pulumi refresh` and `pulumi destroy`, which do not run the program, use the key of the
   * last `up`. Set either this or `apiKeyEnv`.
   */
  apiKey?: pulumi.Input<string | undefined>;
  /**
   * Name of an environment variable that contains the key, such as `TENANT_AVALA_API_KEY`: letters, digits and
   * underscores, containing `AVALA` or ending in `_API_KEY`; any other name is the error `AVALA_CONFIG`. It is read in
   * each run, so a new key is used at once.
   */
  apiKeyEnv?: pulumi.Input<string | undefined>;
  /** Base URL of the deployment. Default: https://api.avala.ai/api/v1 */
  baseUrl?: pulumi.Input<string | undefined>;
  /** Allow unencrypted HTTP, to this machine (loopback) only. Default: false */
  allowInsecureBaseUrl?: pulumi.Input<boolean | undefined>;
}

/**
 * Key and deployment of the resources and functions to which it is passed as `{ provider }`, for several keys,
 * deployments or tenants in one program. They use its key and base URL only; rate limit and guards (`AVALA_READ_ONLY`,
 * `AVALA_MAX_REMOVALS`, …) still come from the environment.
 *
 * @example
 * ```ts
 * import { Organization, Provider } from "pulumi-avala";
 *
 * const tenant = new Provider("tenant", { apiKeyEnv: "TENANT_AVALA_API_KEY" });
 *
 * const umbrella = new Organization("umbrella", { name: "Umbrella" }, { provider: tenant });
 *
 * export const uid = umbrella.uid;
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/configuration#key-and-base-url
 */
export class Provider extends pulumi.ProviderResource {
  /** @internal The settings, in the form of stack configuration; functions use them. */
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
    // Not enumerable: only functions read it.
    Object.defineProperty(this, "__settings", { value: pulumi.output(settings) });
  }
}
