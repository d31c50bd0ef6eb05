import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { Plugin } from 'graphql-yoga';
import { AppError } from '../../core/errors.ts';
import { malformed, type Params } from '../params.ts';
import type { TrustedDocuments } from '../trusted-documents.ts';

/**
 * Replaces the ID of a trusted document by the document, which then runs like any other: within all limits, and with the
 * caller's permissions. Clients can't add documents. Null: there are none.
 */
export function useTrustedDocuments(trusted: TrustedDocuments | null): Plugin[] {
  if (!trusted) {
    const onParams: Plugin['onParams'] = ({ params }) => {
      // Clients that send only the hash of a document send the document itself after this error.
      if (params.query === undefined)
        throw new AppError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
    };
    return [{ onParams }];
  }
  return [
    useAgreement(trusted),
    usePersistedOperations({
      extractPersistedOperationId: idOf,
      getPersistedOperation: (id) => trusted.find(id) ?? null,
      allowArbitraryOperations: !trusted.only,
      customErrors: {
        notFound,
        keyNotFound: () => malformed('query is empty'),
        persistedQueryOnly: idRequired,
      },
    }),
  ];
}

/** Identifies a document that is sent as text by its ID alone, if it is one of Keywright's own or also has its ID. */
function useAgreement(trusted: TrustedDocuments): Plugin {
  return {
    onParams({ params, setParams }) {
      const { query, ...rest } = params;
      if (!query) return;
      const documentId = trusted.ownId(query) ?? idOf(params);
      const found = documentId === null ? undefined : trusted.find(documentId);
      if (found === undefined) return;
      if (found !== query) throw malformed('query is not the document with this ID');
      setParams({ ...rest, documentId } as Params);
    },
  };
}

function idOf({ documentId }: Params): string | null {
  return documentId ?? null;
}

/** Clients recognize this message. */
function notFound(): AppError {
  return new AppError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
}

function idRequired(): AppError {
  return new AppError(
    'PERSISTED_QUERY_ID_REQUIRED',
    'Only trusted documents are accepted: send the ID of one instead of query',
  );
}
