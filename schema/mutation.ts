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
  /** Number of objects that it changes and returns. Omitted: one. */
  count?(input: InputShapeFromFields<Fields>): number;
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
    count,
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
      ...(count && {
        complexity: (args: object) =>
          costOfMany(count((args as { input: InputShapeFromFields<Fields> }).input)),
      }),
      // Its type depends on the fields, which are not known here.
      resolve: (_root: unknown, { input: given }: { readonly input?: object }, ctx: GraphQLContext) =>
        resolve(ctx, withIdempotencyKey(given, ctx) as InputShapeFromFields<Fields>) as never,
    }),
  );
}

/** Maximum number of objects of one mutation. More are rejected before they are read. */
const OBJECTS_MAX = 500;

/** Objects whose fields cost as much as those of one: changing them has loaded most of what is returned. */
const PER_COST = 5;

/** Cost of changing several objects: one for each, and the fields of every fifth. At least that of any list. */
function costOfMany(objects: number) {
  const count = Math.min(OBJECTS_MAX, Math.max(1, objects));
  return { field: count, multiplier: Math.max(PER_COST, Math.ceil(count / PER_COST)) };
}

function withIdempotencyKey(input: object | undefined, { idempotencyKey }: GraphQLContext): unknown {
  return idempotencyKey === undefined ? input : { ...input, idempotencyKey };
}
