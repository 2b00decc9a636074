import { Invitation, Organization } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });

// Sends one email. After the acceptance, the person is not managed.
const mia = new Invitation("mia", { organization: acme, email: "mia@example.com" });

export const expiresAt = mia.expiresAt;
