import { describeKinds } from "./table.js";

describeKinds("OrganizationMember", "Invitation");
