/** How long a session lasts at most, milliseconds. */
export const SESSION_LIFETIME_MS = 30 * 24 * 3_600_000;

/** How long it lasts without use, milliseconds. */
export const SESSION_IDLE_MS = 12 * 3_600_000;

/** How exactly its last use is known, milliseconds: a request within this time of it writes nothing. */
export const SESSION_TOUCH_MS = 60_000;
