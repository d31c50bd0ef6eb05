import { DESCRIPTION_MAX, type Input } from '../../core/input.ts';
import { parseNetwork } from '../../core/ip.ts';
import type { PermissionDefinition } from '../../organizations/organization.ts';
import { checkPermissions } from '../../organizations/permission-catalog.ts';
import type { KeyPolicy } from './policy.ts';

/** Policy input: undefined fields are not provided, null clears. */
export type PolicyInput = {
  readonly [Field in keyof KeyPolicy]?: KeyPolicy[Field] | null | undefined;
};

/** Data needed to validate a policy. */
export interface PolicyFacts {
  /** The key must expire after this time, milliseconds since the epoch. Null: at any time. */
  readonly now: number | null;
  /** The organization's custom permissions. */
  readonly catalog: readonly PermissionDefinition[];
}

const GRANTS_MAX = 100;
const TEAMS_MAX = 50;
const ALLOWLIST_MAX = 100;
const EXTERNAL_ID_MAX = 200;
const METADATA_MAX_BYTES = 16_384;
const METADATA_MAX_DEPTH = 100;
const RATE_LIMIT_MAX = 1_000_000_000;
const RATE_WINDOW_MAX_SECONDS = 2_592_000;
/** The latest time that a Date can represent (ECMA-262, 21.4.1.1). */
const TIME_MAX = 8_640_000_000_000_000;

type Path = readonly string[];
type Readers = {
  readonly [Field in keyof KeyPolicy]: (
    input: Input,
    path: Path,
    value: KeyPolicy[Field] | null,
    facts: PolicyFacts,
  ) => KeyPolicy[Field];
};

const READERS: Readers = {
  name: (input, path, value) => input.name(path, value),
  description: (input, path, value) =>
    input.text(path, value, DESCRIPTION_MAX, { multiline: true, use: 'text' }),
  enabled: (input, path, value) => {
    if (value === null) input.fault(path, 'REQUIRED', "can't be null");
    return value === true;
  },
  roleId: (_input, _path, value) => value,
  grants: (input, path, value, { catalog }) => {
    const grants = input.list(path, value, GRANTS_MAX);
    checkPermissions(input, path, grants, catalog);
    return [...new Set(grants)];
  },
  teamIds: (input, path, value) => input.uniqueStrings(path, value, TEAMS_MAX),
  ipAllowlist: readAllowlist,
  rateLimit: (input, path, value) =>
    value && {
      limit: input.integer([...path, 'limit'], value.limit, 1, RATE_LIMIT_MAX),
      windowSeconds: input.integer(
        [...path, 'windowSeconds'],
        value.windowSeconds,
        1,
        RATE_WINDOW_MAX_SECONDS,
      ),
    },
  externalId: (input, path, value) => input.text(path, value, EXTERNAL_ID_MAX, { use: 'name' }),
  metadata: readMetadata,
  expiresAt: (input, path, value, { now }) => {
    if (value === null) return null;
    if (!Number.isSafeInteger(value) || value > TIME_MAX) input.fault(path, 'OUT_OF_RANGE', 'must be a time');
    else if (now !== null && value <= now) input.fault(path, 'OUT_OF_RANGE', 'must be in the future');
    return value;
  },
};

const FIELDS = Object.keys(READERS) as (keyof KeyPolicy)[];

/** Validates the provided fields, which are at `path`, and adds issues to `input`. */
export function readPolicy(
  input: Input,
  params: PolicyInput,
  facts: PolicyFacts,
  path: Path = ['input'],
): Partial<KeyPolicy> {
  const policy: { -readonly [Field in keyof KeyPolicy]?: KeyPolicy[Field] } = {};
  const read = <Field extends keyof KeyPolicy>(field: Field): void => {
    const value = params[field] as KeyPolicy[Field] | null | undefined;
    if (value !== undefined) policy[field] = READERS[field](input, [...path, field], value, facts);
  };
  for (const field of FIELDS) read(field);
  return policy;
}

function readAllowlist(input: Input, path: Path, value: readonly string[] | null): string[] {
  const networks = input.list(path, value, ALLOWLIST_MAX).map((text, index) => {
    const parsed = parseNetwork(text);
    if ('text' in parsed) return parsed.text;
    input.fault([...path, String(index)], 'INVALID_FORMAT', parsed.fault);
    return text;
  });
  return [...new Set(networks)];
}

function readMetadata(input: Input, path: Path, value: KeyPolicy['metadata'] | null): KeyPolicy['metadata'] {
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    input.fault(path, 'INVALID_FORMAT', 'must be a JSON object');
  else if (!isShallow(value, METADATA_MAX_DEPTH))
    input.fault(path, 'TOO_DEEP', `must be nested at most ${METADATA_MAX_DEPTH} deep`);
  else {
    const json = JSON.stringify(value);
    if (Buffer.byteLength(json) <= METADATA_MAX_BYTES) return JSON.parse(json) as KeyPolicy['metadata'];
    input.fault(path, 'TOO_LONG', `must have at most ${METADATA_MAX_BYTES} bytes as JSON`);
  }
  return {};
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
