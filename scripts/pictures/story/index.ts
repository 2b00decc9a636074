import { Organization, People, Team } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });
const team = (key: string, name: string, color: string) => new Team(key, { organization: acme, name, color });

const staff = new People("staff", {
  organization: acme,
  file: "people.yaml",
  teams: {
    perception: team("perception", "Perception", "#10B981"),
    labeling: team("labeling", "Labeling", "#F59E0B"),
    quality: team("quality", "Quality", "#6366F1"),
    research: team("research", "Research", "#0EA5E9"),
  },
});

export const waiting = staff.waiting;
