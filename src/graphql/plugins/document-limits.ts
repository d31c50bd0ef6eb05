import { type DocumentNode, type GraphQLSchema, specifiedRules } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { parseWithinLimits } from '../document-limits.ts';
import { FAULTS_MAX } from '../prepared-operation.ts';
import { validationFaults } from '../validation-faults.ts';

/** Limits the work of parsing and validating a document. */
export function useDocumentLimits(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimits);
    },
    onValidate({ setValidationFn }) {
      setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules) =>
        validationFaults(schema, document, rules ?? specifiedRules, FAULTS_MAX),
      );
    },
  };
}
