/** Maximum lifetime of a session, milliseconds. */
export const SESSION_LIFETIME_MS = 30 * 24 * 3_600_000;

/** Idle timeout, milliseconds. */
export const SESSION_IDLE_MS = 12 * 3_600_000;

/** Precision of the last use, milliseconds: requests within this time of it write nothing. */
export const SESSION_TOUCH_MS = 60_000;
