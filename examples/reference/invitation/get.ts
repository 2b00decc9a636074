import { Invitation } from "pulumi-avala";

const eve = Invitation.get("eve", "3f6c1a52-8d0e-4b7a-9c41-5e2f7a9b0c13/eve@example.com");

export const status = eve.status;
