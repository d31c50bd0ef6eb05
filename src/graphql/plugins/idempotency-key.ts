import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getArgumentValues,
  getNullableType,
  isInputObjectType,
  OperationTypeNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { Refusal } from '../../core/refusal.ts';
import { collectFields } from '../execution/collect-fields.ts';
import { Plan } from '../execution/plan.ts';
import type { AdmittedOperation, OperationContext } from '../operation-context.ts';

/**
 * Passes the header `Idempotency-Key` of a request to its only field, which must take an `idempotencyKey`. Any other
 * request with this header is rejected before it runs, because it couldn't be repeated safely.
 */
export function useIdempotencyKey(): Plugin<OperationContext, OperationContext> {
  const check = ({ args, setResultAndStopExecution }: Hook): void => {
    const context = args.contextValue as OperationContext;
    const { idempotencyKeyHeader: values, admitted } = context;
    if (!values || !admitted) return;
    const sent = keyOf(values);
    const fault = sent === null ? MALFORMED : faultOf(args, admitted, sent);
    if (sent !== null && fault === null) context.idempotencyKey = sent;
    else {
      const originalError = new Refusal(400, 'BAD_REQUEST', fault ?? MALFORMED);
      setResultAndStopExecution({ errors: [new GraphQLError(originalError.message, { originalError })] });
    }
  };
  return { onExecute: check, onSubscribe: check };
}

interface Hook {
  readonly args: ExecutionArgs;
  setResultAndStopExecution(result: ExecutionResult): void;
}

const MALFORMED =
  'The header Idempotency-Key must be sent once, with printable characters other than spaces and commas';
const NOT_ALONE =
  'The header Idempotency-Key requires a mutation with exactly one field, whose input has an idempotencyKey';
const DIFFERENT = 'The header Idempotency-Key and idempotencyKey of the input are different';

/** The value, which may be quoted as a string of a structured field (RFC 9651). */
function keyOf(values: readonly string[]): string | null {
  const [value = '', ...others] = values;
  const key = /^(?:"([^\s",\\]+)"|([^\s",\\]+))$/.exec(value);
  const text = key?.[1] ?? key?.[2] ?? null;
  return others.length === 0 && text !== null && /^[\x21-\x7e]+$/.test(text) ? text : null;
}

function faultOf(
  { schema, document }: ExecutionArgs,
  { operation, variables }: AdmittedOperation,
  sent: string,
): string | null {
  const root = schema.getRootType(operation.operation);
  if (operation.operation !== OperationTypeNode.MUTATION || !root) return NOT_ALONE;
  const plan = new Plan(schema, document, operation, variables);
  const selected = [...collectFields(plan, root, [operation.selectionSet]).values()];
  const [nodes, ...others] = selected.filter(([{ name }]) => name.value !== '__typename');
  const field = nodes && root.getFields()[nodes[0].name.value];
  const type = getNullableType(field?.args.find(({ name }) => name === 'input')?.type);
  if (!field || others.length > 0 || !isInputObjectType(type) || !type.getFields().idempotencyKey)
    return NOT_ALONE;
  const { input } = getArgumentValues(field, nodes[0], variables);
  const own = (input as { readonly idempotencyKey?: string | null }).idempotencyKey ?? sent;
  return own === sent ? null : DIFFERENT;
}
