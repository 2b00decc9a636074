import { Team } from "pulumi-avala";

const core = Team.get("core", "3f6c1a52-8d0e-4b7a-9c41-5e2f7a9b0c13/b1d4e8f0-2a36-4c59-8e7d-0f1a2b3c4d5e");

export const name = core.name;
