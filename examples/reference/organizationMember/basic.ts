import { Organization, OrganizationMember } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });

// Sends one invitation email if Ada is not a member yet.
const ada = new OrganizationMember("ada", { organization: acme, email: "ada@example.com", role: "admin" });

export const status = ada.status;
