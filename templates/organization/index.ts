import * as pulumi from "@pulumi/pulumi";
import { Organization, People, Team } from "pulumi-avala";

const name = new pulumi.Config().require("organization");

// If an organization of this name exists already, it is not changed: the error shows the `adopt` line to take it over.
const organization = new Organization("organization", { name }, { protect: true });
const perception = new Team("perception", { organization, name: "Perception" });

const people = new People("people", { organization, file: "people.yaml", teams: { perception } });

export const slug = organization.slug;
export const waiting = people.waiting;
