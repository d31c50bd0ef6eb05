/** Description of arguments and fields that name the organization. */
export const ORGANIZATION_ID =
  'ID of the organization. May be omitted by API keys and by users who belong to exactly one organization';
