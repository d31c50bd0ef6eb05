import type { CodegenConfig } from '@graphql-codegen/cli';

/** What is generated from the printed schema: a typed document for each operation, checked by the compiler. */
const preset = {
  preset: 'client',
  config: {
    documentMode: 'string',
    enumType: 'string-literal',
    scalars: {
      DateTime: 'string',
      JSONObject: 'Record<string, unknown>',
      CIDR: 'string',
      SafeInt: 'number',
      Permission: 'string',
    },
    useTypeImports: true,
  },
  presetConfig: { fragmentMasking: false },
} as const;

const config: CodegenConfig = {
  importExtension: '.ts',
  schema: './schema/schema.graphql',
  generates: {
    './test/generated/': { ...preset, documents: ['test/**/*.graphql'] },
    './src/cli/generated/': { ...preset, documents: ['src/cli/**/*.graphql'] },
    './console/src/generated/': { ...preset, documents: ['console/src/**/*.graphql'] },
    './console/src/generated/introspection.json': { plugins: ['./scripts/minified-introspection.mjs'] },
    './examples/generated/': { ...preset, documents: ['examples/**/*.graphql'] },
  },
};

export default config;
