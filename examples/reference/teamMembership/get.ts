import { TeamMembership } from "pulumi-avala";

const hank = TeamMembership.get(
  "hank-core",
  "3f6c1a52-8d0e-4b7a-9c41-5e2f7a9b0c13/b1d4e8f0-2a36-4c59-8e7d-0f1a2b3c4d5e/c8e2f1a4-7b5d-4e90-b3a6-2d4f6e8a0c17",
);

export const role = hank.role;
