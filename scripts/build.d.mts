/** Whether the bundle is missing, or made from other files than those of now. */
export function isStale(): boolean;
