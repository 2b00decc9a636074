import { Organization, Team } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });

const perception = new Team("perception", {
  organization: acme,
  name: "Perception",
  description: "Cameras and lidar",
  color: "#6366F1",
});

export const id = perception.id;
