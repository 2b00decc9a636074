import { Organization, OrganizationMember } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });

// `npx pulumi-avala status` lists Linus after this day; the access does not end by itself. An invitation that has expired
// is sent again, up to three emails in total.
export const linus = new OrganizationMember("linus", {
  organization: acme,
  email: "linus@example.com",
  onExpiry: "resend",
  maxEmails: 3,
  reason: "Summer project, agreed with Ada",
  validUntil: "2027-08-31",
});
