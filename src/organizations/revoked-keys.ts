/** How many revoked keys lose a role or team in one transaction that is about to be deleted. */
export const UNBOUND_AT_ONCE = { min: 200, max: 1_000 } as const;

/** In the audit log, where more of them lose it than one transaction takes. */
export const REVOKED_KEYS_LOSE_IT = { revokedApiKeys: ['bound', null] } as const;
