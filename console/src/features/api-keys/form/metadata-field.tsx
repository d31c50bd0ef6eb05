import { useState } from 'react';
import { Field } from '../../../components/field.tsx';
import { TextArea } from '../../../components/input.tsx';
import type { FieldsProps } from './fields.ts';
import { readMetadata } from './metadata.ts';

const ROWS_MAX = 14;

/** A JSON object stored with a key. Errors are shown when typing pauses. */
export function MetadataField({ draft, fault, change }: FieldsProps) {
  const [typing, setTyping] = useState(false);
  const { metadata } = draft;
  return (
    <Field
      label="Metadata"
      optional
      hint="Whatever you keep with it: a JSON object of at most 16 KB"
      error={typing ? null : (fault?.at('metadata') ?? readMetadata(metadata).fault)}
    >
      {(props) => (
        <TextArea
          {...props}
          rows={Math.min(ROWS_MAX, Math.max(3, metadata.split('\n').length))}
          spellCheck={false}
          placeholder='{ "plan": "pro" }'
          value={metadata}
          onChange={(event) => {
            setTyping(true);
            change({ metadata: event.target.value });
          }}
          onBlur={() => setTyping(false)}
          className="font-mono text-[0.8125rem]"
        />
      )}
    </Field>
  );
}
