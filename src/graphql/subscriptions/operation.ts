import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Source } from '../../realtime/source.ts';
import type { CheckedSubscription } from '../operation-context.ts';

type OpenSource = (ctx: GraphQLContext, args: Record<string, unknown>) => Promise<Source>;

/**
 * Opens the source of a subscription's events, after `resumeAt` if it is set and the subscription can be resumed.
 * Rejects like the source: invalid arguments, missing permission, invalid cursor.
 */
export async function sourceOf(
  schema: GraphQLSchema,
  { document, operation, variables }: CheckedSubscription,
  ctx: GraphQLContext,
  resumeAt: string | null,
): Promise<Source> {
  const field = rootField(document, operation.selectionSet);
  const definition = field && schema.getSubscriptionType()?.getFields()[field.name.value];
  const open = definition?.extensions.source as OpenSource | undefined;
  if (!definition || !open)
    throw new AppError(
      'BAD_REQUEST',
      'A subscription must have exactly one field, without @skip or @include',
    );
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const args = getArgumentValues(definition, field, coerced);
  const resumable = resumeAt !== null && definition.args.some(({ name }) => name === 'after');
  return open(ctx, resumable ? { ...args, after: resumeAt } : args);
}

const variablesBelow = new WeakMap<OperationDefinitionNode, readonly string[]>();
const digests = new WeakMap<OperationDefinitionNode, string>();

/**
 * Equal for subscriptions whose events have the same results: identifies the operation and the variables that affect
 * results. Variables that only select events, such as `after`, are ignored.
 */
export function resultKey({ document, operation, variables }: CheckedSubscription): string {
  const names = variablesBelow.get(operation) ?? usedBelow(document, operation);
  variablesBelow.set(operation, names);
  const digest = digests.get(operation) ?? digestOf(operation);
  digests.set(operation, digest);
  // An omitted variable has its default, which null does not.
  const values = names.map((name) => (Object.hasOwn(variables, name) ? [variables[name]] : []));
  return JSON.stringify([digest, values]);
}

/** Compared by text: the same document may have been parsed more than once. */
function digestOf({ loc, name }: OperationDefinitionNode): string {
  if (!loc) throw new Error('A document that was parsed has a text');
  return createHash('sha256')
    .update(`${name?.value ?? ''} ${loc.source.body}`)
    .digest('base64url');
}

/** The subscription as executed for each event: without arguments that only select events, and their variables. */
export function withoutRootArguments(subscription: CheckedSubscription): CheckedSubscription {
  const { operation, variables } = subscription;
  const used = new Set(usedBelow(subscription.document, operation));
  const document = visit(bare(subscription.document, operation), {
    VariableDefinition: (node) => (used.has(node.variable.name.value) ? false : null),
  });
  const same = getOperationAST(document, operation.name?.value);
  return same ? { document, operation: same, variables } : subscription;
}

function usedBelow(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const names = new Set<string>();
  visit(bare(document, operation), {
    VariableDefinition: () => false,
    Variable: (node) => {
      names.add(node.name.value);
    },
  });
  return [...names].sort();
}

function bare(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const root = rootField(document, operation.selectionSet);
  return visit(document, { Field: (node) => (node === root ? { ...node, arguments: [] } : undefined) });
}

/** The subscription's only root field, in fragments or not. Null if a directive may skip it. */
function rootField(document: DocumentNode, set: SelectionSetNode): FieldNode | null {
  const [selection] = set.selections;
  if (!selection || selection.directives?.length) return null;
  if (selection.kind === Kind.FIELD) return selection;
  if (selection.kind === Kind.INLINE_FRAGMENT) return rootField(document, selection.selectionSet);
  const fragment = document.definitions.find(
    (one): one is FragmentDefinitionNode =>
      one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
  );
  return fragment ? rootField(document, fragment.selectionSet) : null;
}
