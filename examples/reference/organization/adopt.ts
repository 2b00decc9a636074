import { Organization } from "pulumi-avala";

// Takes over an existing organization, and keeps it when the stack is destroyed.
const initech = new Organization("initech", { name: "Initech", adopt: "initech", onDestroy: "retain" });

export const uid = initech.uid;
