import type { Fixed } from './column-types.ts';

export interface OrganizationsTable {
  id: Fixed<string>;
  name: string;
  slug: Fixed<string>;
  key_prefix: string;
  max_active_api_keys: number | null;
  rotation_live_days: number | null;
  rotation_test_days: number | null;
  /** JSON: the organization's custom permissions, `[{name, description}]`. */
  permission_catalog: string;
  created_at: Fixed<number>;
}

/** A web origin that may call the API with credentials of the organization. */
export interface AllowedOriginsTable {
  organization_id: Fixed<string>;
  /** As browsers send it. */
  origin: Fixed<string>;
}

/** One narrow row per organization: the lock that orders its changes, and the number of the last one. */
export interface OrganizationSequencesTable {
  organization_id: Fixed<string>;
  value: number;
}
