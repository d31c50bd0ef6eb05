import { optionNamed } from './option-names.ts';

/** Why a server refused: the same for errors and for the members of a union that say no. */
export interface Refusal {
  readonly message: string;
  readonly code?: string;
  /** Every fault of an input. */
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/** An operation that the server refused. The message has a line for each fault, by the option it came from. */
export class ServerRefusal extends Error {
  readonly code: string | undefined;

  constructor(refusals: readonly Refusal[]) {
    super(refusals.flatMap(lines).join('\n'));
    this.name = new.target.name;
    this.code = refusals[0]?.code;
  }
}

/** What an error of GraphQL refuses, and why. */
export function refusalOf(error: {
  readonly message: string;
  readonly extensions?: Omit<Refusal, 'message'>;
}): Refusal {
  return { ...error.extensions, message: error.message };
}

/** The member of a result's union that says yes. Throws ServerRefusal where it says no. */
export function accepted<Union extends { readonly __typename: string }, Name extends Union['__typename']>(
  result: Union,
  name: Name,
): Extract<Union, { readonly __typename: Name }> {
  if (result.__typename === name) return result as Extract<Union, { readonly __typename: Name }>;
  throw new ServerRefusal([result as unknown as Refusal]);
}

function lines({ message, issues }: Refusal): string[] {
  if (!issues?.length) return [message];
  return issues.map((issue) => `${optionNamed(issue.path)}: ${issue.message}`);
}
