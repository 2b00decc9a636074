import * as pulumi from "@pulumi/pulumi";
import { getInvitationsOutput } from "pulumi-avala";

// A secret as a whole, because it contains the accept links. Addresses are not secret.
const invitations = getInvitationsOutput({ organization: "globex" });

export const waiting = pulumi.unsecret(invitations.apply((rows) => rows.map(({ email }) => email)));
