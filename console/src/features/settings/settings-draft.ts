import type { SettingsFactsFragment, UpdateOrganizationInput } from '../../generated/graphql.ts';

/** A custom permission in the form. */
export interface Entry {
  /** Identifies entries while they are edited. */
  readonly key: number;
  readonly name: string;
  readonly description: string;
}

/** The settings in the form. Days as typed; empty: no rotation. */
export interface SettingsDraft {
  readonly name: string;
  readonly keyPrefix: string;
  readonly liveDays: string;
  readonly testDays: string;
  readonly entries: readonly Entry[];
  /** One origin per line. */
  readonly origins: string;
}

/** Props of each part of the form. */
export interface SettingsProps {
  readonly draft: SettingsDraft;
  /** The API's error of a field. */
  at(field: string): string | null | undefined;
  change(changes: Partial<SettingsDraft>): void;
}

type Changes = Omit<UpdateOrganizationInput, 'id'>;

/** The organization as form values. */
export function draftOf(organization: SettingsFactsFragment): SettingsDraft {
  const { name, keyPrefix, rotationPolicy, permissionCatalog, allowedOrigins } = organization;
  const text = (days: number | null | undefined) => days?.toString() ?? '';
  return {
    name,
    keyPrefix,
    liveDays: text(rotationPolicy?.liveDays),
    testDays: text(rotationPolicy?.testDays),
    entries: (permissionCatalog ?? [])
      .filter(({ builtIn }) => !builtIn)
      .map((permission, key) => ({
        key,
        name: permission.name,
        description: permission.description ?? '',
      })),
    origins: (allowedOrigins ?? []).join('\n'),
  };
}

/** The origins of a draft, without empty lines. */
export function originsOf({ origins }: SettingsDraft): string[] {
  return origins
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** What differs between two drafts, as API input. */
export function changesOf(before: SettingsDraft, after: SettingsDraft): Changes {
  const isChanged = (field: 'name' | 'keyPrefix' | 'liveDays' | 'testDays') => before[field] !== after[field];
  const rotationPolicy = {
    ...(isChanged('liveDays') && { liveDays: daysOf(after.liveDays) }),
    ...(isChanged('testDays') && { testDays: daysOf(after.testDays) }),
  };
  const [catalogBefore, permissionCatalog] = [catalogOf(before), catalogOf(after)];
  const allowedOrigins = originsOf(after);
  return {
    ...(isChanged('name') && { name: after.name }),
    ...(isChanged('keyPrefix') && { keyPrefix: after.keyPrefix }),
    ...(Object.keys(rotationPolicy).length > 0 && { rotationPolicy }),
    ...(JSON.stringify(catalogBefore) !== JSON.stringify(permissionCatalog) && { permissionCatalog }),
    ...(originsOf(before).join() !== allowedOrigins.join() && { allowedOrigins }),
  };
}

function catalogOf({ entries }: SettingsDraft) {
  return entries.map(({ name, description }) => ({
    name: name.trim(),
    description: description.trim() || null,
  }));
}

/** Non-integers are sent as a value that the server rejects with a reason. */
function daysOf(text: string): number | null {
  if (text.trim() === '') return null;
  const days = Number(text);
  return Number.isInteger(days) && Math.abs(days) < 2 ** 31 ? days : 0;
}
