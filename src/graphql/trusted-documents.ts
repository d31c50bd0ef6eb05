import { createHash } from 'node:crypto';
import { GraphQLError, type GraphQLSchema, Kind, specifiedRules } from 'graphql';
import { parseWithinLimits } from './document-limits.ts';
import { DOCUMENT_MAX } from './params.ts';
import { manifestFault, quoteId, readManifests } from './read-manifests.ts';
import { validationFaults } from './validation-faults.ts';

/** Documents that clients can execute by ID. */
export interface TrustedDocuments {
  /** Whether all other documents are rejected. */
  readonly only: boolean;
  /** The document with this ID of a manifest, or with this SHA-256 hash. */
  find(id: string): string | undefined;
  /** The ID of a document of Keywright's own clients, which send its text. */
  ownId(text: string): string | undefined;
}

/** Settings of trusted documents. */
export interface TrustedDocumentsConfig {
  readonly trustedDocuments: string | null;
  readonly trustedDocumentsOnly: boolean;
}

/**
 * Reads and validates the manifests; null: there are none, and all documents are accepted. `own` returns the documents of
 * Keywright's own clients. Throws a StartError that names the first invalid file or document.
 */
export function loadTrustedDocuments(
  { trustedDocuments: path, trustedDocumentsOnly: only }: TrustedDocumentsConfig,
  schema: GraphQLSchema,
  own: () => readonly string[],
): TrustedDocuments | null {
  if (path === null && !only) return null;
  const texts = new Map<string, string>();
  const entries = path === null ? [] : readManifests(path);
  for (const { file, id, text } of entries) {
    const fault = faultOf(text, schema) ?? add(texts, id, text);
    if (fault !== null) throw manifestFault(file, `document ${quoteId(id)}: ${fault}`);
  }
  const ownIds = new Map((only ? own() : []).map((text) => [text, prefixed(text)]));
  for (const [text, id] of ownIds) texts.set(id, text);
  return {
    only,
    find: (id) => texts.get(id),
    ownId: (text) => ownIds.get(text),
  };
}

/** Adds a document with its ID, and with its hash as the GraphQL over HTTP specification writes it and as Apollo does. */
function add(texts: Map<string, string>, id: string, text: string): string | null {
  const hash = prefixed(text);
  for (const each of [id, hash, hash.slice(PREFIX.length)]) {
    if ((texts.get(each) ?? text) !== text) return 'another document has the same ID';
    texts.set(each, text);
  }
  return null;
}

const PREFIX = 'sha256:';

function prefixed(text: string): string {
  return PREFIX + createHash('sha256').update(text).digest('hex');
}

/** Why this document can never be executed. Null: it can. */
function faultOf(text: string, schema: GraphQLSchema): string | null {
  if (text.length > DOCUMENT_MAX) return `it has more than ${DOCUMENT_MAX} characters`;
  try {
    const document = parseWithinLimits(text);
    if (!document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION))
      return 'it has no operation';
    return validationFaults(schema, document, specifiedRules, 1).map(describe)[0] ?? null;
  } catch (error) {
    if (error instanceof GraphQLError) return describe(error);
    throw error;
  }
}

function describe({ message, locations }: GraphQLError): string {
  const [location] = locations ?? [];
  return location ? `${message} (line ${location.line}, column ${location.column})` : message;
}
