/** A step did not show what it claims, or could not be taken. */
export class StoryError extends Error {}
