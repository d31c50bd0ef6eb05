/** Titles, purposes and hints of the parts of the form, for new keys and existing ones. */
export const TEXTS = {
  essentials: {
    title: 'Essentials',
    description: 'The name says what stops working when the key is revoked.',
  },
  permissions: { title: 'Permissions', description: 'Grant only what the program needs.' },
  advanced: {
    title: 'Advanced',
    summary: 'Teams, allowed IPs, rate limit, description, external ID, metadata',
  },
  restrictions: {
    title: 'Restrictions',
    description: 'For whom, from where and how often the key is accepted.',
  },
  details: { title: 'Details', description: 'For your own systems, and for people who look after the key.' },
} as const;

/** Errors that the form finds by itself. They continue the name of their field. */
export const PROBLEMS = {
  rateLimit: 'must be a whole number from 1 to 1,000,000,000',
  expiresAt: 'must be a date and a time',
} as const;
