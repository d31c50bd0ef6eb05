import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';

// Writes the SDL that clients generate code from; `.ci/run` checks that the committed file is this one.
writeFileSync(
  new URL('./schema.graphql', import.meta.url),
  `${printSchema(lexicographicSortSchema(schema))}\n`,
);
