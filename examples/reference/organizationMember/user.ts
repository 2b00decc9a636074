import { OrganizationMember } from "pulumi-avala";

// A person who is a member already, by uid: their role is managed, and they stay when the resource is destroyed.
export const lee = new OrganizationMember("lee", {
  organization: "initech",
  user: "7a1e5d90-4c2b-4f83-a6d7-1b0c9e8f7a62",
  role: "member",
  onDestroy: "retain",
});
