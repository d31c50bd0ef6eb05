import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';

// Writes the SDL from which clients generate code. `.ci/run` checks that the committed file is up to date.
writeFileSync(
  new URL('./schema.graphql', import.meta.url),
  `${printSchema(lexicographicSortSchema(schema))}\n`,
);
