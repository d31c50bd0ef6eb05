import type { FieldMap, InputFieldMap, InputShapeFromFields } from '@pothos/core';
import type { AppError } from '../src/core/errors.ts';
import { builder } from './builder.ts';
import type { GraphQLContext } from './context.ts';

type Types = typeof builder.$inferSchemaTypes;

interface Mutation<Fields extends InputFieldMap, Payload extends object> {
  readonly description: string;
  /** Required in some organization; the verb checks the organization concerned. Omitted: any credential. */
  readonly permission?: string;
  /** Describes the argument. */
  readonly argument: string;
  /** Follows the description of the input type. */
  readonly note?: string;
  input(t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>): Fields;
  /** Errors that are returned as data. All others fail the field. */
  readonly errors: readonly (new (
    ...args: never[]
  ) => AppError)[];
  /** Describes the union of the payload and the errors. */
  readonly result: string;
  resolve(ctx: GraphQLContext, input: InputShapeFromFields<Fields>): Promise<Payload>;
  readonly payload: {
    readonly description: string;
    fields(t: PothosSchemaTypes.ObjectFieldBuilder<Types, Payload>): FieldMap;
  };
}

/**
 * Adds a mutation, such as `createTeam`, with the types of its only argument (`CreateTeamInput`), of its payload
 * (`CreateTeamPayload`) and of its result (`CreateTeamResult`: the payload or an error).
 */
export function mutation<Fields extends InputFieldMap, Payload extends object>(
  name: string,
  {
    description,
    permission,
    argument,
    note,
    input,
    errors,
    result,
    resolve,
    payload,
  }: Mutation<Fields, Payload>,
): void {
  const stem = name.charAt(0).toUpperCase() + name.slice(1);
  const inputType = builder.inputType(`${stem}Input`, {
    description: `Input of \`${name}\`${note ? `. ${note}` : ''}`,
    fields: input,
  });
  const payloadType = builder.objectRef<Payload>(`${stem}Payload`).implement(payload);
  builder.mutationField(name, (t) =>
    t.field({
      type: payloadType,
      nullable: true,
      description,
      authScopes: permission ? { permission } : { authenticated: true },
      errors: { types: [...errors], union: { name: `${stem}Result`, description: result } },
      args: { input: t.arg({ type: inputType, required: true, description: argument }) },
      // Its type depends on the fields, which are not known here.
      resolve: (_root: unknown, { input: given }: { readonly input?: object }, ctx: GraphQLContext) =>
        resolve(ctx, withIdempotencyKey(given, ctx) as InputShapeFromFields<Fields>) as never,
    }),
  );
}

function withIdempotencyKey(input: object | undefined, { idempotencyKey }: GraphQLContext): unknown {
  return idempotencyKey === undefined ? input : { ...input, idempotencyKey };
}
