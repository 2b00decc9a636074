import { Organization, People, Team } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });
const perception = new Team("perception", { organization: acme, name: "Perception", description: "Cameras and lidar" });
const labeling = new Team("labeling", { organization: acme, name: "Labeling" });

const staff = new People("staff", {
  organization: acme,
  file: "people.yaml",
  teams: { perception, labeling },
});

export const organization = acme.slug;
export const waiting = staff.waiting;
