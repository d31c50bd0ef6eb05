/** Whether the bundle is missing or out of date. */
export function isStale(): boolean;
