import { Organization, Provider } from "pulumi-avala";

const tenant = new Provider("tenant", { apiKeyEnv: "TENANT_AVALA_API_KEY" });

const umbrella = new Organization("umbrella", { name: "Umbrella" }, { provider: tenant });

export const uid = umbrella.uid;
