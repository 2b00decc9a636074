import { Invitation, Organization } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });

export const noah = new Invitation("noah", {
  organization: acme,
  email: "noah@example.com",
  role: "admin",
  // Each new text sends one more email.
  resend: "2027-03-01",
});
