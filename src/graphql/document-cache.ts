import type { DocumentNode } from 'graphql';

/** Maximum number of cached documents, and of their characters in total. */
const DOCUMENTS_MAX = 1_000;
const CHARACTERS_MAX = 4_000_000;

/** Cache of parsed documents by text, least recently used evicted first, in bounded memory. */
export class DocumentCache {
  readonly #documents = new Map<string, DocumentNode>();
  #characters = 0;
  #newest = '';

  get(text: string): DocumentNode | undefined {
    const document = this.#documents.get(text);
    if (document && text !== this.#newest) {
      // A Map keeps insertion order: the first entry is the least recently used.
      this.#documents.delete(text);
      this.#documents.set(text, document);
      this.#newest = text;
    }
    return document;
  }

  set(text: string, document: DocumentNode): void {
    if (this.#documents.has(text)) return;
    this.#documents.set(text, document);
    this.#newest = text;
    this.#characters += text.length;
    for (const oldest of this.#documents.keys()) {
      if (this.#documents.size <= DOCUMENTS_MAX && this.#characters <= CHARACTERS_MAX) break;
      this.#documents.delete(oldest);
      this.#characters -= oldest.length;
    }
  }

  get size(): number {
    return this.#documents.size;
  }
}
