import { Organization } from "pulumi-avala";

const acme = new Organization("acme", {
  name: "Acme Robotics",
  description: "Robots that see",
  industry: "robotics",
  website: "https://acme.example.com",
});

export const slug = acme.slug;
