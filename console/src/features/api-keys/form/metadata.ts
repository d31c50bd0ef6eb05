import { messageOf } from '../../../api/fault.ts';

/** Maximum size of metadata on the server, as JSON in UTF-8. */
const MAX_BYTES = 16_384;

/** A string, whose digits must not be parsed, or an integer that may exceed 2^53 - 1. */
const TOKEN = /"(?:[^"\\]|\\.?)*"?|-?\d+(?:[.eE][\d.eE+-]*)?/gs;

type Metadata = Record<string, unknown>;

/** The parsed value or the error of a text. */
export type ReadMetadata =
  | { readonly value: Metadata; readonly fault: null }
  | { readonly value: null; readonly fault: string };

/** Parses a JSON object. Empty text is an empty object. */
export function readMetadata(text: string): ReadMetadata {
  if (text.trim() === '') return { value: {}, fault: null };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { value: null, fault: `is not JSON: ${messageOf(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { value: null, fault: 'must be a JSON object: { "plan": "pro" }' };
  const inexact = text.match(TOKEN)?.find(isInexact);
  if (inexact) {
    const fault = `contains ${inexact.slice(0, 30)}: whole numbers beyond 2^53 - 1 would lose digits; write them as strings`;
    return { value: null, fault };
  }
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length;
  if (bytes > MAX_BYTES) {
    const [has, may] = [bytes, MAX_BYTES].map((count) => count.toLocaleString('en'));
    return { value: null, fault: `has ${has} bytes as JSON; at most ${may} are allowed` };
  }
  return { value: value as Metadata, fault: null };
}

/** Formats an object for editing. */
export function metadataText(value: Readonly<Metadata>): string {
  return Object.keys(value).length === 0 ? '' : JSON.stringify(value, null, 2);
}

/** Whether JSON.parse would change this number. */
function isInexact(token: string): boolean {
  const value = Number(token);
  return (
    !token.startsWith('"') && (/^-?\d+$/.test(token) ? !Number.isSafeInteger(value) : !Number.isFinite(value))
  );
}
