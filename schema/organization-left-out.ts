/** What is said of an argument or field that names the organization. */
export const ORGANIZATION_LEFT_OUT = 'May be left out by an API key, or a user of a single organization';
