/** What the deletion of an Organization resource does with the organization in Avala. */
export function organizationEnding(declared: unknown, isCreated: boolean): "delete" | "leave" | "retain" {
  if (declared === "delete" || declared === "leave" || declared === "retain") return declared;
  return isCreated ? "delete" : "retain";
}
