import { Organization, People, Team } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });
const perception = new Team("perception", { organization: acme, name: "Perception" });
const annotation = new Team("annotation", { organization: acme, name: "Annotation" });

const staff = new People("staff", { organization: acme, file: "people.yaml", teams: { perception, annotation } });

export const waiting = staff.waiting;
