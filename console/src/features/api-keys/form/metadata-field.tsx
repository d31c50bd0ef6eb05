import { useState } from 'react';
import { TextAreaField } from '../../../design/primitives/field.tsx';
import type { FieldsProps } from './fields.ts';
import { readMetadata } from './metadata.ts';

const ROWS_MAX = 14;

/** A JSON object stored with a key. Errors are shown when typing pauses. */
export function MetadataField({ draft, fault, change }: FieldsProps) {
  const [typing, setTyping] = useState(false);
  const { metadata } = draft;
  return (
    <TextAreaField
      label="Metadata"
      optional
      hint="Your own data about the key: a JSON object of at most 16 KB"
      error={fault?.at('metadata') ?? (typing ? null : readMetadata(metadata).fault)}
      rows={Math.min(ROWS_MAX, Math.max(3, metadata.split('\n').length))}
      spellCheck={false}
      placeholder='{ "plan": "pro" }'
      value={metadata}
      onChange={(text) => {
        setTyping(true);
        change({ metadata: text });
      }}
      onBlur={() => setTyping(false)}
      className="font-mono text-small"
    />
  );
}
