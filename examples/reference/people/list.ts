import { People } from "pulumi-avala";

export const contractors = new People("contractors", {
  organization: "initech",
  people: [{ email: "barbara@example.com" }, { email: "donald@example.com", role: "admin" }],
  defaults: { onExpiry: "resend", reason: "Contract 2027-14", validUntil: "2027-12-31" },
});
