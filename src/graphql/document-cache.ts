import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Maximum number of cached documents, and of their characters in total. */
const DOCUMENTS_MAX = 1_000;
const CHARACTERS_MAX = 4_000_000;

/** Cache of parsed documents by text, least recently used evicted first, in bounded memory. */
export class DocumentCache extends LRUCache<string, DocumentNode> {
  constructor() {
    const sizeCalculation = (_document: DocumentNode, text: string) => Math.max(1, text.length);
    super({ max: DOCUMENTS_MAX, maxSize: CHARACTERS_MAX, sizeCalculation });
  }
}
